using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Serving;
using Recommender.Serving.Catalog;
using Recommender.Serving.Impressions;
using Recommender.Serving.Ranking;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Impressions;

[Collection("dropped impressions")]
public sealed class ImpressionTests : IDisposable
{
    private readonly ServingMetrics _metrics = new();

    public void Dispose() => _metrics.Dispose();

    private static ImpressionQueue Queue(ServingOptions options, ServingMetrics metrics) =>
        new(options, new FeatureCalculator(new VideoCatalog(options)), metrics, new Random(1), TimeProvider.System);

    private static RecommendResponse Response() => new()
    {
        RequestId = "r1",
        ModelVersion = "m1",
        Degradation = Degradation.PrecomputedOnly,
        Videos =
        {
            new RecommendedVideo { VideoId = "a", Score = 0.5, Source = Source.Precomputed, Propensity = 1 },
            new RecommendedVideo { VideoId = "b", Score = 0.25, Source = Source.Fresh, Propensity = 0.125 },
        },
    };

    [Fact]
    public void Every_video_shown_is_one_record_keyed_by_the_viewer()
    {
        var at = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
        var records = new List<KafkaRecord>();
        ImpressionRecords.AddTo(records, new ShownAnswer("u", "for_you", Response(), at, "00-trace"u8.ToArray()));
        Assert.Equal(2, records.Count);
        Assert.All(records, r => Assert.Equal((Topics.Impression, "u"), (r.Topic, Encoding.UTF8.GetString(r.Key))));
        var second = JsonSerializer.Deserialize(records[1].Value, RecordJson.Default.Impression);
        Assert.Equal(new Impression("r1", "u", "b", 1, "fresh", 0.25, 0.125, "m1", "", "for_you", "precomputed_only", at), second);
        var headers = records[1].Headers!.ToDictionary(h => h.Key, h => Encoding.UTF8.GetString(h.GetValueBytes()));
        Assert.Equal("r1/1", headers[CloudEventHeaders.Id]);
        Assert.Equal(Topics.Impression, headers[CloudEventHeaders.Type]);
        Assert.Equal("/recommender/serving", headers[CloudEventHeaders.Source]);
        Assert.Equal("1.0", headers[CloudEventHeaders.SpecVersion]);
        Assert.Equal("application/json", headers[CloudEventHeaders.ContentType]);
        Assert.Equal("00-trace", headers[CloudEventHeaders.TraceParent]);
        Assert.StartsWith("2026-11-22T12:00:00", headers[CloudEventHeaders.Time], StringComparison.Ordinal);
    }

    [Fact]
    public void What_finds_the_queue_full_is_dropped_and_counted()
    {
        var dropped = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "recommender.serving.impressions.dropped") l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (tags[0].Value is "queue_full") Interlocked.Add(ref dropped, value);
        });
        listener.Start();
        using var metrics = new ServingMetrics();
        var queue = Queue(new ServingOptions { ImpressionQueue = 2 }, metrics);
        for (var i = 0; i < 5; i++) queue.After(Queries.Create(), Response());
        Assert.Equal(2, queue.Answers.Count);
        Assert.Equal(6, dropped);
    }

    [Fact]
    public void An_empty_answer_shows_nothing()
    {
        var queue = Queue(new ServingOptions(), _metrics);
        queue.After(Queries.Create(), new RecommendResponse());
        Assert.Equal(0, queue.Answers.Count);
    }
}
