using Recommender.Modeling.Weights;
using Recommender.Training.Dataset;

namespace Recommender.Tests.Unit.Training.Dataset;

public sealed class EventWordTests
{
    [Fact]
    public void Whole_milliseconds_are_kept_up_to_six_and_a_half_minutes()
    {
        for (var milliseconds = 0; milliseconds < 393_216; milliseconds++)
        {
            var seconds = (float)(milliseconds / 1000.0);
            Assert.Equal(seconds, EventWord.SecondsOf(EventWord.Of((byte)Signal.View, seconds)));
        }
    }

    [Theory]
    [InlineData(393.216f)]
    [InlineData(400.1f)]
    [InlineData(3599.999f)]
    [InlineData(86_400f)]
    [InlineData(1e7f)]
    public void Longer_ones_keep_fourteen_bits(float seconds)
    {
        var kept = EventWord.SecondsOf(EventWord.Of((byte)Signal.View, seconds));
        Assert.InRange(Math.Abs(kept - seconds) / seconds, 0, 6.2e-5);
        Assert.Equal(kept, EventWord.SecondsOf(EventWord.Of((byte)Signal.View, kept)));
    }

    [Fact]
    public void A_longer_watch_time_is_never_kept_as_a_shorter_one()
    {
        var last = 0f;
        for (var seconds = 0.0004f; seconds < 1e9f; seconds *= 1.00003f)
        {
            var kept = EventWord.SecondsOf(EventWord.Of((byte)Signal.View, seconds));
            Assert.True(kept >= last, $"{seconds}");
            last = kept;
        }

        Assert.Equal(EventWord.MostSeconds, last);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-float.Epsilon)]
    [InlineData(-3f)]
    [InlineData(float.NaN)]
    public void What_is_no_watch_time_counts_as_none(float seconds) => Assert.Equal(0f, EventWord.SecondsOf(EventWord.Of((byte)Signal.Like, seconds)));

    [Fact]
    public void Without_end_is_the_longest() => Assert.Equal(EventWord.MostSeconds, EventWord.SecondsOf(EventWord.Of((byte)Signal.View, float.PositiveInfinity)));

    [Fact]
    public void Every_signal_is_kept_and_the_upper_bits_stay_free()
    {
        foreach (var signal in Enum.GetValues<Signal>())
        {
            var word = EventWord.Of((byte)signal, float.MaxValue);
            Assert.Equal((byte)signal, EventWord.SignalOf(word));
            Assert.Equal(0u, word >> (32 - EventWord.FreeBits));
        }
    }
}
