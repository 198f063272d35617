using Recommender.Modeling.Trainers;

namespace Recommender.Modeling.Onnx.Ials;

/// <summary>How a half-step is cut so that no run takes more of the device's memory than the budget. Sizes in bytes.</summary>
/// <param name="TileRows">Rows of the other side's factors that lie on the device at once.</param>
/// <param name="RowBytes">What a row takes whatever its length.</param>
/// <param name="CellBytes">What an interaction takes, padding included.</param>
/// <param name="WorkingBytes">What the rows of one run may take together.</param>
internal sealed record MemoryPlan(int TileRows, long RowBytes, long CellBytes, long WorkingBytes)
{
    // Rows of one run are more than enough to keep a CPU busy long before they fill its memory, and quicker within its caches.
    private const long MostOnCpu = 16L << 20;
    private const int LeastSegment = 16;

    /// <summary>Plans for factors of a given shape.</summary>
    /// <param name="budget">Bytes.</param>
    /// <param name="sourceRows">Rows of the other side.</param>
    /// <param name="k">Factors.</param>
    /// <param name="isGpu">Whether the memory is a GPU's.</param>
    /// <exception cref="ParameterException">The budget is too small for a single row.</exception>
    public static MemoryPlan For(long budget, int sourceRows, int k, bool isGpu)
    {
        // Rows that go through whole and rows that come in segments are work of different graphs, each with memory of its own.
        budget /= 2;
        // Matrices: sums in and out, the equations and what is between. Vectors: those of the search, in and out.
        var rowBytes = sizeof(float) * ((6L * k * k) + (16L * k));
        // A gathered vector, the same weighted, and transposed.
        var cellBytes = (sizeof(float) * 3L * k) + sizeof(float) + sizeof(int);
        var common = sizeof(float) * 3L * k * k;
        var vector = sizeof(float) * (long)k;
        var isWhole = sourceRows * vector <= budget / 2;
        // While a tile is brought the one before is still there.
        var tileRows = isWhole ? sourceRows : (int)Math.Max(1, budget / 4 / vector);
        var factors = tileRows * vector * (isWhole ? 1 : 2);
        var least = common + rowBytes + (LeastSegment * cellBytes);
        var working = budget - factors - common;
        if (working < least - common)
        {
            var needed = (int)Math.Ceiling(4.0 * (least + vector) / (1 << 20));
            throw new ParameterException($"The parameter 'device_memory_mb' is too small for {k} factors: at least {needed} MB are needed.");
        }

        return new MemoryPlan(tileRows, rowBytes, cellBytes, isGpu ? working : Math.Min(working, Math.Max(MostOnCpu, least)));
    }

    /// <summary>How many rows of at most <paramref name="length"/> interactions run at once; 0 when not even one does as a whole.</summary>
    public int RowsOf(int length) => (int)Math.Min(int.MaxValue, WorkingBytes / (RowBytes + (length * CellBytes)));

    /// <summary>How many rows run at once when their interactions come in segments.</summary>
    public int RowsInSegments => (int)Math.Clamp((WorkingBytes - (LeastSegment * CellBytes)) / 2 / RowBytes, 1, int.MaxValue);

    /// <summary>Interactions of each of <paramref name="rows"/> rows that run at once.</summary>
    public int SegmentOf(int rows) => (int)Math.Clamp(((WorkingBytes / rows) - RowBytes) / CellBytes, 1, int.MaxValue);
}
