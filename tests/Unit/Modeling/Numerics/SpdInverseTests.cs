using Recommender.Modeling.Numerics;
using Recommender.Tests.Unit.Modeling.Trainers;

namespace Recommender.Tests.Unit.Modeling.Numerics;

public sealed class SpdInverseTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(37)]
    [InlineData(128)]
    [InlineData(150)]
    [InlineData(300)]
    public void It_equals_the_slow_inverse(int n)
    {
        var (dense, buffer, stride) = Random(n, seed: n);
        Assert.True(SpdInverse.TryInvert(buffer, stride, threads: 0, null, CancellationToken.None));
        var expected = SlowMatrix.Inverse(dense);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++) Assert.Equal(expected[i, j], buffer.Span[(i * stride) + j], 2e-5);
        }
    }

    [Fact]
    public void It_has_the_same_bits_for_any_number_of_threads()
    {
        var (_, alone, stride) = Random(200, seed: 5);
        var (_, together, _) = Random(200, seed: 5);
        SpdInverse.TryInvert(alone, stride, threads: 1, null, CancellationToken.None);
        SpdInverse.TryInvert(together, stride, threads: 4, null, CancellationToken.None);
        Assert.Equal(alone.Span, together.Span);
    }

    [Theory]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    public void A_matrix_that_is_not_positive_definite_is_told(float pivot)
    {
        var (_, buffer, stride) = Random(40, seed: 6);
        buffer.Span[(20 * stride) + 20] = pivot;
        Assert.False(SpdInverse.TryInvert(buffer, stride, threads: 0, null, CancellationToken.None));
    }

    private static (double[,] Dense, AlignedBuffer Buffer, int Stride) Random(int n, int seed)
    {
        var random = new Random(seed);
        var half = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++) half[i, j] = random.NextDouble() - 0.5;
        }

        var dense = SlowMatrix.Multiply(half, SlowMatrix.Transpose(half));
        var stride = Lanes.RoundUp(n);
        var buffer = new AlignedBuffer(stride * stride);
        for (var i = 0; i < stride; i++) buffer.Span[(i * stride) + i] = 1;
        for (var i = 0; i < n; i++)
        {
            dense[i, i] += 2;

            // What is below the diagonal does not count.
            for (var j = 0; j < n; j++) buffer.Span[(i * stride) + j] = j < i ? 1e9f : (float)dense[i, j];
        }

        return (dense, buffer, stride);
    }
}
