using Recommender.Modeling.Weights;
using Recommender.Training.Dataset;
using Recommender.V1;
using static Recommender.Tests.Shared.TestEvents;

namespace Recommender.Tests.Unit.Training.Dataset;

public sealed class SignalReportTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Each_signal_has_its_distribution()
    {
        var catalog = Datasets.Catalog("""{"video_id":"a","duration_ms":10000}""");
        var data = Datasets.Builder(
            [One("u", "a", 1, watched: 5), One("u", "a", 2, watched: 20), One("u", "b", 3, watched: 8), One("u", "b", 4, EventType.Like), One("w", "b", 5, EventType.Skip)],
            catalog).Build(Token);
        var report = SignalReport.Of(data, new InteractionWeights(), Token);
        Assert.Equal((3, 5, 11, 20), (report["watch_seconds"].Count, report["watch_seconds"].Min, report["watch_seconds"].Mean, report["watch_seconds"].Max));
        Assert.Equal((2, 0.5, 1.25, 2), (report["watch_ratio"].Count, report["watch_ratio"].Min, report["watch_ratio"].Mean, report["watch_ratio"].Max));
        Assert.Equal((2, 1, 4), (report["events_per_viewer"].Count, report["events_per_viewer"].Min, report["events_per_viewer"].Max));
        Assert.Equal((2, 2, 3), (report["events_per_video"].Count, report["events_per_video"].Min, report["events_per_video"].Max));
        Assert.Equal((1, 3), (report["view_per_viewer"].Count, report["view_per_viewer"].Mean));
        Assert.Equal(1, report["like_per_viewer"].Count);
        Assert.Equal(1, report["skip_per_viewer"].Count);
        Assert.Equal((2, 1), (report["confidence"].Count, report["dislike"].Count));
        Assert.True(report["confidence"].Min > 0);
        Assert.Equal(0.5, report["dislike"].Mean);
        Assert.DoesNotContain("share_per_viewer", report.Keys);
        Assert.Contains("watch_seconds: n 3 min 5 mean 11", SignalReport.InWords(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Not_interested_counts_in_the_report_for_what_it_counts_in_training()
    {
        var data = Datasets.Builder([One("u", "a", 1, watched: 5), One("w", "b", 5, EventType.NotInterested)]).Build(Token);
        var report = SignalReport.Of(data, new InteractionWeights(), Token);
        Assert.True(report["confidence"].Mean > 0);
        Assert.Equal(new InteractionWeights().MaxDislike, report["dislike"].Max);
        Assert.DoesNotContain("dislike", SignalReport.Of(Datasets.Builder([One("u", "a", 1, watched: 5)]).Build(Token), new InteractionWeights(), Token).Keys);
    }

    [Fact]
    public void Quantiles_are_right_for_few_and_for_very_many_values()
    {
        foreach (var count in new[] { 101, 2_000_001 })
        {
            var builder = new DistributionBuilder();
            for (var i = 0; i < count; i++) builder.Add((long)i * 7919 % count); // every value once, in a scattered order
            var d = builder.Build();
            Assert.Equal((count, 0, (count - 1) / 2.0, count - 1), (d.Count, d.Min, d.Mean, d.Max));
            Assert.Equal([0.1, 0.5, 0.9, 0.99], new[] { d.P10, d.P50, d.P90, d.P99 }.Select(q => Math.Round(q / (count - 1), 2)));
        }
    }

    [Fact]
    public void Nothing_has_an_empty_distribution() => Assert.Equal(Distribution.Empty, new DistributionBuilder().Build());
}
