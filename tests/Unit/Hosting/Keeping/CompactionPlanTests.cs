using Recommender.Hosting.Archive.Keeping;
using Recommender.Tests.Unit.Modeling;

namespace Recommender.Tests.Unit.Hosting.Keeping;

public sealed class CompactionPlanTests
{
    [Fact]
    public void Runs_are_long_enough_and_small_enough_and_touch_nothing_that_is_taken() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var sizes = Enumerable.Range(0, random.Next(60)).Select(_ => random.Next(5) == 0 ? (long?)null : 1L << random.Next(10, 27)).ToArray();
        var taken = new HashSet<int>();
        foreach (var (first, count) in CompactionPlan.Runs(sizes, 4, 64 << 20))
        {
            Assert.True(count >= 4);
            Assert.True(sizes.Skip(first).Take(count).Sum() <= 64 << 20);
            for (var i = first; i < first + count; i++)
            {
                Assert.NotNull(sizes[i]);
                Assert.True(taken.Add(i));
            }
        }
    });

    [Fact]
    public void A_row_is_written_again_a_few_times_however_many_batches_come()
    {
        // 10,000 batches of 100 kB, merged as they come.
        var batches = new List<long>();
        var written = 0L;
        for (var i = 0; i < 10_000; i++)
        {
            batches.Add(100_000);
            foreach (var (first, count) in CompactionPlan.Runs([.. batches.Select(b => (long?)b)], 8, 64 << 20).OrderByDescending(r => r.First))
            {
                var size = batches.GetRange(first, count).Sum();
                written += size;
                batches.RemoveRange(first, count);
                batches.Insert(first, size);
            }
        }
        Assert.InRange(batches.Count, 1, 60);
        Assert.InRange(written / 1e9, 0.9, 4);
    }
}
