using Recommender.Hosting.Configuration;

namespace Recommender.Serving.Feed;

/// <summary>The bidirectional call <c>Feed</c>. Section <c>Feed</c>.</summary>
public sealed record FeedOptions : IOptionsRecord
{
    /// <inheritdoc/>
    public static string Section => "Feed";

    /// <summary>
    /// Where the ingestion service takes events, e.g. <c>http://recommender-ingestion:5050</c>. Empty: where it is part of the same process that one does, and
    /// elsewhere the events of a stream are told to be unavailable.
    /// </summary>
    public string IngestionAddress { get; init; } = "";

    /// <summary>File with the bearer token to show there. It is read again every minute. Empty: none.</summary>
    public string TokenPath { get; init; } = "";

    /// <summary>Streams that are open at a time; further ones are turned away. 1 to 100,000.</summary>
    public int Streams { get; init; } = 10_000;

    /// <summary>Streams of one caller that are open at a time; further ones are turned away. 1 to 100,000.</summary>
    public int StreamsPerCaller { get; init; } = 5_000;

    /// <summary>Videos that one stream brings; then it ends, and the app opens another. 10 to 10,000.</summary>
    public int MaxVideos { get; init; } = 1_000;

    /// <summary>How long a stream may be silent before it ends. 1 second to 1 day.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an event may take to be durable before the app is told to send it again. 10 milliseconds to 1 minute.</summary>
    public TimeSpan EventTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the next videos may take. 10 milliseconds to 1 minute.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.That(
            IngestionAddress.Length == 0 || (Uri.TryCreate(IngestionAddress, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"),
            IngestionAddress, "it must be an address such as http://127.0.0.1:5050 or https://recommender-ingestion:5050");
        check.That(TokenPath.Length == 0 || IngestionAddress.Length > 0, TokenPath, "a token is shown to Feed:IngestionAddress alone; set that");
        check.Range(Streams, 1, 100_000);
        check.Range(StreamsPerCaller, 1, 100_000);
        check.Range(MaxVideos, 10, 10_000);
        check.Range(IdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        check.Range(EventTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        check.Range(Patience, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
    }
}
