using Recommender.Hosting.Configuration;

namespace Recommender.Serving.OnDemand;

/// <summary>Answers to requests that come over Kafka. Section <c>OnDemand</c>.</summary>
public sealed record OnDemandOptions : IOptionsRecord
{
    /// <inheritdoc/>
    public static string Section => "OnDemand";

    /// <summary>Whether requests on recommender.request.v1 are answered on recommender.response.v1.</summary>
    public bool Enabled { get; init; }

    /// <summary>The consumer group. All replicas share it.</summary>
    public string GroupId { get; init; } = "recommender-serving-requests";

    /// <summary>Requests that are taken from Kafka at a time; the next ones wait there. 1 to 10,000.</summary>
    public int MaxBatch { get; init; } = 256;

    /// <summary>Requests that are worked on at a time, beside the calls. 1 to 256.</summary>
    public int Concurrency { get; init; } = 4;

    /// <summary>How long one answer may take; a request that expires sooner has less. 10 milliseconds to 1 minute.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Requests that are remembered as answered, some 60 bytes each, so that their repetition is not answered again. 0 (off) to 10,000,000.</summary>
    public int Remembered { get; init; } = 100_000;

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.NotEmpty(GroupId);
        check.Range(MaxBatch, 1, 10_000);
        check.Range(Concurrency, 1, 256);
        check.Range(Patience, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        check.Range(Remembered, 0, 10_000_000);
    }
}
