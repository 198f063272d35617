namespace Recommender.Standalone.Evaluate.Data;

/// <summary>Counts the lines that could not be used, and keeps the first few to show.</summary>
internal sealed class SkippedLines
{
    private const int Shown = 5;

    private readonly List<string> _first = [];

    /// <summary>Number of lines skipped.</summary>
    public long Count { get; private set; }

    /// <param name="path">The file.</param>
    /// <param name="line">Line number, from 1.</param>
    /// <param name="reason">What is wrong with it.</param>
    public void Add(string path, long line, string reason)
    {
        if (++Count <= Shown) _first.Add($"{path}, line {line}: {reason}; skipped.");
    }

    /// <summary>What to tell the person who gave the files; nothing when no line was skipped.</summary>
    public IEnumerable<string> Describe() =>
        Count > Shown ? [.. _first, $"{Count} lines were skipped in all."] : _first;
}
