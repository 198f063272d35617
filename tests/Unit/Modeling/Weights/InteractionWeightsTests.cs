using Recommender.Modeling.Weights;

namespace Recommender.Tests.Unit.Modeling.Weights;

public sealed class InteractionWeightsTests
{
    // Powers of two apart, so that a sum tells which signals are in it.
    private static readonly InteractionWeights Weights = new()
    {
        View = 1, WatchRatio = 2, Like = 4, Share = 8, Follow = 32, Skip = 64, Unlike = 128, NotInterested = 512, MaxRepeats = 3, MaxWatchRatio = 2, AssumedDurationSeconds = 10,
    };

    [Theory]
    [InlineData(1, 0f, false, false, 0, 0, false, false, 1f)]
    [InlineData(5, 0.5f, false, false, 0, 0, false, false, 2f)]
    [InlineData(1, 9f, false, false, 0, 0, false, false, 5f)]
    [InlineData(0, 0f, true, false, 0, 0, false, false, 4f)]
    [InlineData(0, 0f, false, false, 2, 0, false, false, 16f)]
    [InlineData(0, 0f, false, false, 99, 0, false, false, 24f)]
    [InlineData(0, 0f, false, false, 0, 0, false, true, 32f)]
    [InlineData(0, 0f, false, false, 0, 1, false, false, -64f)]
    [InlineData(0, 0f, false, false, 0, 99, false, false, -192f)]
    [InlineData(0, 0f, false, true, 0, 0, false, false, -128f)]
    [InlineData(1, 0f, true, false, 0, 0, true, false, -507f)]
    [InlineData(0, 0f, false, false, 0, 0, false, false, 0f)]
    public void Each_signal_adds_or_takes_its_weight(
        int views, float ratio, bool liked, bool unliked, int shares, int skips, bool notInterested, bool followed, float confidence) =>
        Assert.Equal(confidence, Weights.ConfidenceOf(new PairSignals
        {
            Views = views, WatchRatio = ratio, Liked = liked, Unliked = unliked, Shares = shares, Skips = skips, NotInterested = notInterested, Followed = followed,
        }));

    [Fact]
    public void Events_fold_into_signals()
    {
        var signals = new PairSignals();
        signals.Add(Signal.View, 5, 20, Weights);
        signals.Add(Signal.View, 15, 20, Weights);
        signals.Add(Signal.Share, 0, 20, Weights);
        signals.Add(Signal.Share, 0, 20, Weights);
        signals.Add(Signal.Skip, 0, 20, Weights);
        signals.Add(Signal.Follow, 0, 20, Weights);
        Assert.Equal(new PairSignals { Views = 2, WatchRatio = 1f, Shares = 2, Skips = 1, Followed = true }, signals);
        signals.Add(Signal.NotInterested, 0, 0, Weights);
        Assert.True(signals.NotInterested);
    }

    [Fact]
    public void The_later_of_like_and_unlike_counts()
    {
        var signals = new PairSignals();
        signals.Add(Signal.Like, 0, 0, Weights);
        Assert.Equal(4f, Weights.ConfidenceOf(signals));
        signals.Add(Signal.Unlike, 0, 0, Weights);
        Assert.Equal(-128f, Weights.ConfidenceOf(signals));
        signals.Add(Signal.Like, 0, 0, Weights);
        Assert.Equal(4f, Weights.ConfidenceOf(signals));
    }

    [Theory]
    [InlineData(5, 10, 0.5f)]
    [InlineData(5, 0, 0.5f)]
    [InlineData(5, -1, 0.5f)]
    [InlineData(500, 10, 2f)]
    [InlineData(-5, 10, 0f)]
    [InlineData(double.NaN, 10, 0f)]
    [InlineData(double.PositiveInfinity, 10, 2f)]
    [InlineData(5, double.NaN, 0.5f)]
    public void A_watch_ratio_stays_within_its_range(double watched, double duration, float ratio)
    {
        var signals = new PairSignals();
        signals.Add(Signal.View, watched, duration, Weights);
        Assert.Equal(ratio, signals.WatchRatio);
    }

    [Fact]
    public void Sums_stay_finite_however_many_events_there_are()
    {
        var signals = new PairSignals { Views = int.MaxValue, Shares = int.MaxValue, Skips = int.MaxValue, WatchRatio = 1e6f };
        foreach (var signal in Enum.GetValues<Signal>()) signals.Add(signal, 1e300, 1e-300, Weights);
        Assert.Equal((int.MaxValue, int.MaxValue, int.MaxValue), (signals.Views, signals.Shares, signals.Skips));
        Assert.True(float.IsFinite(Weights.ConfidenceOf(signals)));
    }

    [Fact]
    public void An_unknown_signal_is_ignored()
    {
        var signals = new PairSignals();
        signals.Add((Signal)99, 1, 1, Weights);
        Assert.Equal(default, signals);
    }

    [Fact]
    public void Defaults_are_valid_and_rank_the_signals()
    {
        var weights = new InteractionWeights();
        Assert.Empty(weights.Validate());
        float Of(PairSignals signals) => weights.ConfidenceOf(signals);
        Assert.True(Of(new() { Liked = true }) > Of(new() { Views = 1, WatchRatio = 1 }));
        Assert.True(Of(new() { Views = 1, WatchRatio = 1 }) > Of(new() { Views = 1 }));
        Assert.True(Of(new() { Views = 1, Skips = 1 }) <= 0);
        Assert.True(Of(new() { Views = 9, WatchRatio = 9, Liked = true, Shares = 9, Followed = true, NotInterested = true }) <= 0);
    }

    [Theory]
    [InlineData(0.5f, 0f)]
    [InlineData(0f, 0f)]
    [InlineData(-0.3f, 0.3f)]
    [InlineData(-999f, 4f)]
    public void A_dislike_is_as_strong_as_its_confidence_up_to_a_bound(float confidence, float strength) =>
        Assert.Equal(strength, new InteractionWeights().DislikeOf(confidence));

    [Fact]
    public void A_weight_out_of_range_is_named_with_its_range()
    {
        Assert.Equal(["MaxDislike is 0 but must be above 0 and at most 1000."], new InteractionWeights { MaxDislike = 0 }.Validate());
        Assert.Equal(["Like is -1 but must be from 0 to 1000."], new InteractionWeights { Like = -1 }.Validate());
        Assert.Equal(["Skip is NaN but must be from 0 to 1000."], new InteractionWeights { Skip = double.NaN }.Validate());
        Assert.Equal(["MaxWatchRatio is 0 but must be above 0 and at most 1000."], new InteractionWeights { MaxWatchRatio = 0 }.Validate());
        Assert.Equal(["MaxRepeats is 0 but must be from 1 to 1000."], new InteractionWeights { MaxRepeats = 0 }.Validate());
        Assert.Equal(
            ["AssumedDurationSeconds is 1E+99 but must be above 0 and at most 86400."], new InteractionWeights { AssumedDurationSeconds = 1e99 }.Validate());
    }
}
