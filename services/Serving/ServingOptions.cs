using Recommender.Hosting.Configuration;
using Recommender.Hosting.Online;
using Recommender.Modeling.Ranking;

namespace Recommender.Serving;

/// <summary>How recommendations are made. Section <c>Serving</c>.</summary>
public sealed record ServingOptions : IOptionsRecord
{
    /// <inheritdoc/>
    public static string Section => "Serving";

    /// <summary>How long the one read of a viewer's state and list may take before the answer is made without it. 1 ms to 5 s.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>After which a read that was not answered is sent once more, to a replica where there is one. 1 ms to 5 s.</summary>
    public TimeSpan HedgeDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Calls of one caller that are worked on at a time; further ones are turned away at once. 1 to 100,000.</summary>
    public int CallerConcurrency { get; init; } = 512;

    /// <summary>Calls that are worked on at a time; further ones are turned away at once. 1 to 100,000.</summary>
    public int Concurrency { get; init; } = 2048;

    /// <summary>How long Redis is left alone after it failed repeatedly; then one call tries again. 500 ms to 1 min.</summary>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the record of what is live is read again, besides the announcements on the model topic. 100 ms to 10 min.</summary>
    public TimeSpan ModelPoll { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often trending videos are read from Redis into memory. 100 ms to 5 min.</summary>
    public TimeSpan TrendingPoll { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Age up to which the trending videos in memory count as current. 1 s to 1 h, and longer than <see cref="TrendingPoll"/>.</summary>
    public TimeSpan TrendingMaxAge { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Trending videos read per window and partition. 10 to 10,000.</summary>
    public int TrendingDepth { get; init; } = 500;

    /// <summary>The window that recommendations are filled from: 1h, 24h or 7d.</summary>
    public string TrendingWindow { get; init; } = "24h";

    /// <summary>What the most trending video gains in score. iALS scores of good videos lie between 0.1 and 1. 0.000001 to 10.</summary>
    public double TrendingWeight { get; init; } = 0.02;

    /// <summary>What a video gains in score per unit of cosine similarity to what the viewer has just liked. 0 to 10.</summary>
    public double SimilarWeight { get; init; } = 0.05;

    /// <summary>How long a like or share counts as just given. 0 to 7 days.</summary>
    public TimeSpan SimilarFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Most videos of one author among <see cref="AuthorWindow"/> in a row, as long as there are others. 1 to 200.</summary>
    public int AuthorCap { get; init; } = 3;

    /// <summary>Length of the row in which <see cref="AuthorCap"/> holds. 1 to 200.</summary>
    public int AuthorWindow { get; init; } = 20;

    /// <summary>What remains of a video's rank value per video of its author shortly before it. 0.1 to 1 (off).</summary>
    public double AuthorDecay { get; init; } = 0.9;

    /// <summary>What diversity counts against score when the answer is put in order (lambda of maximal marginal relevance). 0 (off) to 0.9.</summary>
    public double Diversity { get; init; } = 0.1;

    /// <summary>What a video gains in score for an author whom the viewer follows. 0 to 10.</summary>
    public double FollowedWeight { get; init; } = 0.05;

    /// <summary>Whether the model's learned ranker makes the scores, where it has one; otherwise the plain blend does.</summary>
    public bool Ranker { get; init; } = true;

    /// <summary>What the ranker takes an expected like to be worth. 0 to 100.</summary>
    public double LikeWeight { get; init; } = OutcomeWeights.Default.Like;

    /// <summary>What the ranker takes an expected share to be worth. 0 to 100.</summary>
    public double ShareWeight { get; init; } = OutcomeWeights.Default.Share;

    /// <summary>What the ranker takes it to be worth that all of a video is watched. 0 to 100.</summary>
    public double WatchWeight { get; init; } = OutcomeWeights.Default.Watch;

    /// <summary>Share of the answers whose impressions carry the ranker's features, from which it learns, besides those that explain themselves. 0 to 1.</summary>
    public double FeatureLogShare { get; init; } = 1;

    /// <summary>Share of the places that explore videos the model does not know yet. 0 (off) to 0.5.</summary>
    public double FreshShare { get; init; } = 0.05;

    /// <summary>How long after its publication a video counts as fresh. 1 min to 365 days.</summary>
    public TimeSpan FreshFor { get; init; } = TimeSpan.FromDays(2);

    /// <summary>Number of newest videos among which exploration draws. 10 to 10,000.</summary>
    public int FreshPool { get; init; } = 200;

    /// <summary>Share of the exploration that draws evenly; the rest draws by the chance of being the best liked (Thompson sampling). 0.01 to 1.</summary>
    public double FreshEpsilon { get; init; } = 0.2;

    /// <summary>Showings after which a video is not explored any more: views by all, or showings by this replica. 1 to 1,000,000.</summary>
    public int FreshImpressionCap { get; init; } = 1000;

    /// <summary>How often fresh videos are judged anew: their counters, vectors and chances. 100 ms to 10 min.</summary>
    public TimeSpan FreshPoll { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Settings of single sources, by name: <c>Serving:Sources:similar:Quota</c>, <c>:Timeout</c> or <c>:Enabled</c>.</summary>
    public IDictionary<string, SourceSettings> Sources { get; init; } = new Dictionary<string, SourceSettings>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The part of a video that a viewer is taken to have watched when only its id is told in <c>recent_video_ids</c>. 0 to 1.</summary>
    public double RecentWatchRatio { get; init; } = 0.5;

    /// <summary>Answers whose impressions wait for Kafka; those of further ones are dropped and counted. 1 to 1,000,000.</summary>
    public int ImpressionQueue { get; init; } = 10_000;

    /// <summary>How long a start waits for the catalog before it answers without. 0 to 1 h.</summary>
    public TimeSpan CatalogPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Range(ReadTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5));
        check.Range(HedgeDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5));
        check.Range(CallerConcurrency, 1, 100_000);
        check.Range(Concurrency, 1, 100_000);
        check.Range(BreakDuration, TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(1));
        check.Range(ModelPoll, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        check.Range(TrendingPoll, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        check.Range(TrendingMaxAge, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        check.That(TrendingMaxAge > TrendingPoll, TrendingMaxAge, "it must be longer than Serving:TrendingPoll");
        check.Range(TrendingDepth, 10, 10_000);
        check.OneOf(TrendingWindow, [.. OnlineKeys.Windows.Select(w => w.Name)]);
        check.Range(TrendingWeight, 1e-6, 10);
        check.Range(SimilarWeight, 0, 10);
        check.Range(SimilarFor, TimeSpan.Zero, TimeSpan.FromDays(7));
        check.Range(AuthorCap, 1, 200);
        check.Range(AuthorWindow, 1, 200);
        check.Range(AuthorDecay, 0.1, 1);
        check.Range(Diversity, 0, 0.9);
        check.Range(FollowedWeight, 0, 10);
        check.Range(LikeWeight, 0, 100);
        check.Range(ShareWeight, 0, 100);
        check.Range(WatchWeight, 0, 100);
        check.Range(FeatureLogShare, 0, 1);
        check.Range(FreshShare, 0, 0.5);
        check.Range(FreshEpsilon, 0.01, 1);
        check.Range(FreshImpressionCap, 1, 1_000_000);
        check.Range(FreshPoll, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        foreach (var (name, source) in Sources)
        {
            if (source.Quota is { } quota) check.Range(quota, 1, 10_000, $"Sources:{name}:Quota");
            if (source.Timeout is { } timeout) check.Range(timeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5), $"Sources:{name}:Timeout");
        }
        check.Range(FreshFor, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));
        check.Range(FreshPool, 10, 10_000);
        check.Range(RecentWatchRatio, 0, 1);
        check.Range(ImpressionQueue, 1, 1_000_000);
        check.Range(CatalogPatience, TimeSpan.Zero, TimeSpan.FromHours(1));
    }
}
