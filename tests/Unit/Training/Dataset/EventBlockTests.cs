using Recommender.Training.Dataset;

namespace Recommender.Tests.Unit.Training.Dataset;

public sealed class EventBlockTests
{
    private const long Start = -62_135_596_800_000; // the year 1

    [Theory]
    [InlineData(0)]
    [InlineData(uint.MaxValue)]
    [InlineData(1L + uint.MaxValue)]
    [InlineData((1L << EventBlock.TimeBits) - 1)]
    [InlineData(1L << EventBlock.TimeBits)]
    [InlineData(315_537_897_599_999)] // the year 9999
    public void Times_are_kept_to_the_millisecond_however_far_apart(long span)
    {
        long[] times = [Start, Start + (span / 3), Start + span];
        var block = new EventBlock([0, 1, 3], Start, Start + span);
        for (var i = 0; i < times.Length; i++) block.Set(i, i + 7, times[i], EventWord.Of((byte)(i + 1), 1.5f * i));
        var first = block.Events(0, 0, 1);
        var second = block.Events(1, 0, 2);
        Assert.Equal((times[0], times[1], times[2]), (first.Times[0], second.Times[0], second.Times[1]));
        Assert.Equal("7 8 9", string.Join(' ', (int[])[first.Videos[0], second.Videos[0], second.Videos[1]]));
        Assert.Equal("1 2 3", string.Join(' ', (byte[])[first.Signals[0], second.Signals[0], second.Signals[1]]));
        Assert.Equal((0f, 1.5f, 3f), (first.WatchSeconds[0], second.WatchSeconds[0], second.WatchSeconds[1]));
        Assert.Equal((1, 2), (block.EventsOf(0), second.Length));
    }
}
