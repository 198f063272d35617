using Recommender.Hosting.Configuration;

namespace Recommender.Features;

/// <summary>How events become features.</summary>
public sealed record FeaturesOptions : IOptionsRecord
{
    /// <inheritdoc/>
    public static string Section => "Features";

    /// <summary>The consumer group. All replicas share it.</summary>
    public string GroupId { get; init; } = "recommender-features";

    /// <summary>Records absorbed together when there are many; when there are few, nobody waits for more. 1 to 1,000,000.</summary>
    public int MaxBatch { get; init; } = 200_000;

    /// <summary>
    /// Mebibytes that the records of a batch, and what it takes to read and write the states that they change, may take, about: a batch that has so much is
    /// absorbed, however few its records are. While there is more to read than a batch holds, the next one is read meanwhile. 1 to 4096.
    /// </summary>
    public int BatchMegabytes { get; init; } = 16;

    /// <summary>
    /// Mebibytes for the states of viewers and videos that were absorbed lately, so that they need not be read again; half of them at most for those that wait to
    /// be written (<see cref="WriteDelay"/>). 0 (off) to 4096.
    /// </summary>
    public int HotMegabytes { get; init; } = 64;

    /// <summary>
    /// How long changed states may wait in memory while there is more to read than a batch holds, so that each is written once for many events, if there is
    /// room (<see cref="HotMegabytes"/>). Who is not behind never waits. 0 (written with each batch) to 10 seconds.
    /// </summary>
    public TimeSpan WriteDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long Redis may take for one round of a batch. 10 milliseconds to 1 minute.</summary>
    public TimeSpan RedisTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause between attempts while Redis, Kafka or the archive fail. 10 milliseconds to 1 minute.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Videos kept per trending window and partition. 10 to 100,000.</summary>
    public int TrendingVideos { get; init; } = 2000;

    /// <summary>Durations of videos kept in memory, some 100 bytes each. 2 to 10,000,000.</summary>
    public int CachedDurations { get; init; } = 100_000;

    /// <summary>
    /// Whether a stop first absorbs what is in the log at that moment, for as long as the process may take to stop. For a log that does
    /// not outlive the process.
    /// </summary>
    public bool DrainOnStop { get; init; }

    /// <summary><see cref="BatchMegabytes"/> in bytes.</summary>
    internal long BatchBytes => (long)BatchMegabytes << 20;

    /// <summary><see cref="HotMegabytes"/> in bytes.</summary>
    internal long HotBytes => (long)HotMegabytes << 20;

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        check.NotEmpty(GroupId);
        check.Range(MaxBatch, 1, 1_000_000);
        check.Range(BatchMegabytes, 1, 4096);
        check.Range(HotMegabytes, 0, 4096);
        check.Range(WriteDelay, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        check.Range(RedisTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        check.Range(RetryDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        check.Range(TrendingVideos, 10, 100_000);
        check.Range(CachedDurations, 2, 10_000_000);
    }
}
