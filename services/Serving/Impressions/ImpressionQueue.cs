using System.Runtime.InteropServices;
using System.Threading.Channels;
using Recommender.Hosting.Telemetry;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Ranking;
using Recommender.V1;

namespace Recommender.Serving.Impressions;

/// <summary>Answers whose impressions wait for Kafka, in bounded memory: what finds the queue full is dropped and counted, never waited for.</summary>
[Stage(10)]
internal sealed class ImpressionQueue : ISideEffect
{
    private readonly Channel<ShownAnswer> _answers;
    private readonly FeatureCalculator _features;
    private readonly ServingOptions _options;
    private readonly ServingMetrics _metrics;
    private readonly Random _random;
    private readonly TimeProvider _time;

    public ImpressionQueue(ServingOptions options, FeatureCalculator features, ServingMetrics metrics, Random random, TimeProvider time)
    {
        _answers = Channel.CreateBounded<ShownAnswer>(new BoundedChannelOptions(options.ImpressionQueue) { SingleReader = true });
        (_options, _features, _metrics, _random, _time) = (options, features, metrics, random, time);
        metrics.Observe(ServingMetrics.QueueLength, () => _answers.Reader.Count);
    }

    /// <summary>Where the writer takes answers from.</summary>
    public ChannelReader<ShownAnswer> Answers => _answers.Reader;

    /// <inheritdoc/>
    public void After(ViewerQuery query, RecommendResponse response)
    {
        if (response.Videos.Count == 0) return;
        var features = LoggedFeatures(query);
        var shown = new ShownAnswer(query.Request.UserId, query.Request.Surface, response, _time.GetUtcNow(), TraceHeaders.Current()) { Features = features };
        if (_answers.Writer.TryWrite(shown)) return;
        features?.Release();
        _metrics.ImpressionsDropped("queue_full", response.Videos.Count);
    }

    /// <summary>No more answers will come.</summary>
    public void Complete() => _answers.Writer.TryComplete();

    /// <summary>
    /// The very numbers that the ranker reckons with, of what was selected; null where it is not the answer's turn or the model lacks what they need. An answer
    /// that explains itself shows them, and so do its impressions.
    /// </summary>
    private FeatureRows? LoggedFeatures(ViewerQuery query)
    {
        if (!FeatureCalculator.CanCompute(query)) return null;
        if (!query.Request.Explain && _options.FeatureLogShare < 1 && _random.NextDouble() >= _options.FeatureLogShare) return null;
        var selected = CollectionsMarshal.AsSpan(query.Scratch.Selected);
        var rows = FeatureRows.Rent(selected.Length);
        for (var i = 0; i < selected.Length; i++) _features.Compute(query, selected[i], rows.Of(i));
        return rows;
    }
}
