using Recommender.Modeling.Trainers.Neighbours;

namespace Recommender.Tests.Unit.Modeling.Trainers;

public sealed class LargestKeysTests
{
    [Theory]
    [InlineData("random")]
    [InlineData("rising")]
    [InlineData("falling")]
    [InlineData("pipe")]
    public void The_largest_come_to_the_front_whatever_the_order_was(string order)
    {
        var random = new Random(1);
        foreach (var length in (int[])[1, 2, 15, 16, 17, 40, 1000, 4097])
        {
            var keys = new ulong[length];
            for (var i = 0; i < length; i++)
            {
                keys[i] = order switch
                {
                    "random" => ((ulong)random.NextInt64() << 13) | (uint)i,
                    "rising" => (ulong)i,
                    "falling" => (ulong)(length - i),
                    _ => i < length / 2 ? (ulong)(2 * i) : (ulong)((2 * (length - i)) + 1),
                };
            }

            foreach (var count in (int[])[0, 1, length / 3, length - 1, length])
            {
                var moved = (ulong[])keys.Clone();
                LargestKeys.ToFront(moved, count);
                Assert.Equal(keys.Order(), moved.Order());
                Assert.Equal(keys.OrderDescending().Take(count), moved.Take(count).OrderDescending());
            }
        }
    }
}
