using Recommender.Hosting.Online;

namespace Recommender.Tests.Unit.Hosting;

public sealed class DecayedSumTests
{
    [Fact]
    public void A_decayed_sum_halves_with_each_half_life_and_ignores_order()
    {
        var half = TimeSpan.FromHours(1);
        const long Now = 1_763_800_000_000;
        var early = DecayedSum.Of(2, Now - 3_600_000, half);
        var late = DecayedSum.Of(1, Now, half);
        Assert.Equal(2, early.Add(late).At(Now, half), 9);
        Assert.Equal(early.Add(late), late.Add(early));
        Assert.Equal(late, late.Add(DecayedSum.Zero));
        Assert.Equal(0, DecayedSum.Zero.At(Now, half));
        Assert.Equal(DecayedSum.Zero, DecayedSum.Of(0, Now, half));
    }
}
