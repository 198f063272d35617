namespace Recommender.Tests.Benchmarks.Reporting;

/// <summary>Rows of text in columns, aligned to the right.</summary>
internal sealed class Table(IReadOnlyList<string> columns)
{
    private readonly List<IReadOnlyList<string>> _rows = [columns];

    public void Add(IReadOnlyList<string> cells) => _rows.Add(cells);

    public void WriteTo(TextWriter output)
    {
        var widths = Enumerable.Range(0, columns.Count).Select(c => _rows.Max(r => r[c].Length)).ToArray();
        foreach (var row in _rows) output.WriteLine(string.Join("  ", row.Select((cell, c) => cell.PadLeft(widths[c]))));
    }
}
