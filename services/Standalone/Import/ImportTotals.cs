namespace Recommender.Standalone.Import;

/// <summary>What an import has done so far.</summary>
internal sealed class ImportTotals
{
    private long _accepted, _refused;

    /// <summary>Lines read that are not blank.</summary>
    public long Lines { get; set; }

    /// <summary>Lines that could not be read.</summary>
    public long SkippedLines { get; set; }

    /// <summary>Catalog entries that the system has taken.</summary>
    public long Videos { get; set; }

    /// <summary>Files that an earlier import had finished.</summary>
    public int FilesDoneBefore { get; set; }

    /// <summary>Events acknowledged: durable in Kafka.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Events and catalog entries that the system refused.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Counts an answer.</summary>
    public void Count(bool accepted)
    {
        if (accepted) Interlocked.Increment(ref _accepted);
        else Interlocked.Increment(ref _refused);
    }
}
