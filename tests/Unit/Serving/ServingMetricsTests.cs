using Recommender.Serving;

namespace Recommender.Tests.Unit.Serving;

public class ServingMetricsTests
{
    [Fact]
    public void The_model_that_answers_is_told_and_no_other()
    {
        using var metrics = new ServingMetrics();
        Assert.Empty(metrics.ModelInfo());
        Assert.Null(metrics.Read(ServingMetrics.LoadedTimestamp));
        metrics.ModelLoaded(SmallModel.Manifest("first", 1, 1), DateTimeOffset.FromUnixTimeSeconds(1000));
        metrics.ModelLoaded(SmallModel.Manifest("second", 1, 0), DateTimeOffset.FromUnixTimeSeconds(2000));
        var told = Assert.Single(metrics.ModelInfo());
        Assert.Equal((1, "second", "popularity"), (told.Value, told.Tags[0].Value, told.Tags[1].Value));
        Assert.Equal(2000, metrics.Read(ServingMetrics.LoadedTimestamp));
    }

    [Fact]
    public void A_gauge_is_told_when_it_has_a_value()
    {
        using var metrics = new ServingMetrics();
        double? value = null;
        Assert.Null(metrics.Read(ServingMetrics.QueueLength));
        metrics.Observe(ServingMetrics.QueueLength, () => value);
        Assert.Null(metrics.Read(ServingMetrics.QueueLength));
        value = 3;
        Assert.Equal(3, metrics.Read(ServingMetrics.QueueLength));
    }
}
