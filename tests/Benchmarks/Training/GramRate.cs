using Recommender.Modeling.Numerics;
using Recommender.Tests.Benchmarks.Machine;

namespace Recommender.Tests.Benchmarks.Training;

/// <summary>The rate at which the exact solver adds up the outer products of gathered vectors, by the operations of a triangle.</summary>
internal static class GramRate
{
    private const int PanelRows = 64;
    private const int Repeats = 4000;

    /// <summary>GFLOP/s of all threads together.</summary>
    public static double Measure(int factors, int threads) =>
        Rounds.BestRate(threads, () => Lanes.Dispatch<Work, float>(new Work(factors)), (double)Repeats * PanelRows * factors * (factors + 1) * 1e-9);

    private readonly unsafe struct Work(int factors) : ILanesWork<float>
    {
        public float Run<TLanes>()
            where TLanes : struct, ILanes<TLanes>
        {
            var stride = Lanes.RoundUp(factors);
            var (matrix, panel) = (new AlignedBuffer(stride * stride), new AlignedBuffer(PanelRows * stride));
            panel.Span.Fill(1e-3f);
            for (var n = 0; n < Repeats; n++) RankUpdate<TLanes>.Add(matrix.Pointer, panel.Pointer, PanelRows, stride);
            return matrix.Span[0];
        }
    }
}
