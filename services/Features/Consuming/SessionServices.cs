using Recommender.Features.Archiving;
using Recommender.Features.Online;
using Recommender.Hosting;
using Recommender.Hosting.Kafka;

namespace Recommender.Features.Consuming;

/// <summary>What a session works with and does not own.</summary>
internal sealed class SessionServices(
    FeaturesOptions options, KafkaOptions kafka, ServerOptions server, IOnlineStore store, EventArchive archive, BatchAbsorber absorber,
    KafkaHealth health, IRecordJournal journal, ConsumerProgress progress, FeatureMetrics metrics, TimeProvider time, ILogger<SessionServices> logger)
{
    public FeaturesOptions Options => options;

    public IOnlineStore Store => store;

    public EventArchive Archive => archive;

    public BatchAbsorber Absorber => absorber;

    public IRecordJournal Journal => journal;

    public KafkaHealth Health => health;

    public ConsumerProgress Progress => progress;

    public FeatureMetrics Metrics => metrics;

    public TimeProvider Time => time;

    /// <summary>How long a stop may take: a little less than the process has.</summary>
    public TimeSpan StopTimeout => server.DrainTimeout * 0.8;

    /// <summary>The clock's time stamp after a delay.</summary>
    public long After(TimeSpan delay) => time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);

    /// <summary>Names the logs of the topics.</summary>
    public Task<LogIdentity> ResolveIdentityAsync(CancellationToken cancellationToken) =>
        LogIdentity.ResolveAsync(kafka, FeaturesSetup.AbsorbedTopics, time, logger, cancellationToken);
}

/// <summary>As much waits to be archived as memory may hold.</summary>
internal sealed class ArchiveFullException() : Exception("the archive cannot be written as fast as events come");
