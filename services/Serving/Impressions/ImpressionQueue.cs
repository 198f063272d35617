using System.Threading.Channels;
using Recommender.Hosting.Telemetry;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Impressions;

/// <summary>Answers whose impressions wait for Kafka, in bounded memory: what finds the queue full is dropped and counted, never waited for.</summary>
[Stage(10)]
internal sealed class ImpressionQueue : ISideEffect
{
    private readonly Channel<ShownAnswer> _answers;
    private readonly ServingMetrics _metrics;
    private readonly TimeProvider _time;

    public ImpressionQueue(ServingOptions options, ServingMetrics metrics, TimeProvider time)
    {
        _answers = Channel.CreateBounded<ShownAnswer>(new BoundedChannelOptions(options.ImpressionQueue) { SingleReader = true });
        (_metrics, _time) = (metrics, time);
        metrics.Observe(ServingMetrics.QueueLength, () => _answers.Reader.Count);
    }

    /// <summary>Where the writer takes answers from.</summary>
    public ChannelReader<ShownAnswer> Answers => _answers.Reader;

    /// <inheritdoc/>
    public void After(RecommendRequest request, RecommendResponse response)
    {
        if (response.Videos.Count == 0) return;
        var shown = new ShownAnswer(request.UserId, request.Surface, response, _time.GetUtcNow(), TraceHeaders.Current());
        if (!_answers.Writer.TryWrite(shown)) _metrics.ImpressionsDropped("queue_full", response.Videos.Count);
    }

    /// <summary>No more answers will come.</summary>
    public void Complete() => _answers.Writer.TryComplete();
}
