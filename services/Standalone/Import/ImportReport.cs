namespace Recommender.Standalone.Import;

/// <summary>Counts what goes wrong, and shows the first of it.</summary>
internal sealed class ImportReport(IImportView view, ImportTotals totals)
{
    /// <summary>How many bad lines, and how many refusals, are shown; all are counted.</summary>
    public const int MostShown = 20;

    private int _badLines, _refusals;

    /// <summary>A line that could not be read.</summary>
    public void BadLine(string file, long line, string reason)
    {
        totals.SkippedLines++;
        Show(ref _badLines, "skipped", file, line, reason);
    }

    /// <summary>Something that the system refused.</summary>
    public void Refused(string file, long line, string reason)
    {
        totals.Count(accepted: false);
        Show(ref _refusals, "refused", file, line, reason);
    }

    private void Show(ref int shown, string what, string file, long line, string reason)
    {
        var number = Interlocked.Increment(ref shown);
        if (number <= MostShown) view.Note($"{file}:{line}: {what}: {reason}");
        else if (number == MostShown + 1) view.Note($"(further {what} ones are counted, not shown)");
    }
}
