namespace Recommender.Serving;

/// <summary>Settings of one candidate source; what is not set is as the source proposes.</summary>
public sealed record SourceSettings
{
    /// <summary>Whether it is asked at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Videos that it may contribute to one answer. 1 to 10,000.</summary>
    public int? Quota { get; init; }

    /// <summary>After which an answer is made without waiting for more of it. 1 ms to 5 s.</summary>
    public TimeSpan? Timeout { get; init; }
}
