using Recommender.Modeling.Numerics;

namespace Recommender.Tests.Unit.Modeling.Numerics;

public sealed class RandomnessTests
{
    [Fact]
    public void Numbers_are_nearly_normal()
    {
        var random = new Randomness(1, 0);
        var values = new double[100_000];
        for (var i = 0; i < values.Length; i++) values[i] = random.NextNormal();
        Assert.Equal(0, values.Average(), 0.02);
        Assert.Equal(1, values.Average(v => v * v), 0.03);
        Assert.Equal(0.6827, values.Count(v => Math.Abs(v) < 1) / 100_000.0, 0.01);
    }

    [Fact]
    public void Streams_and_seeds_differ_and_repeat()
    {
        ulong[] First(ulong seed, ulong stream)
        {
            var random = new Randomness(seed, stream);
            return [random.NextBits(), random.NextBits()];
        }

        Assert.Equal(First(1, 2), First(1, 2));
        Assert.NotEqual(First(1, 2), First(1, 3));
        Assert.NotEqual(First(1, 2), First(2, 2));
    }

    [Fact]
    public void Whole_numbers_stay_below_the_bound_and_reach_every_value()
    {
        var random = new Randomness(3, 0);
        var counts = new int[7];
        for (var i = 0; i < 7000; i++) counts[random.Below(7)]++;
        Assert.All(counts, n => Assert.InRange(n, 800, 1200));
    }
}
