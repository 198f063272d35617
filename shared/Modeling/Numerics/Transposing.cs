using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recommender.Modeling.Numerics;

/// <summary>Writes columns as rows.</summary>
internal static unsafe class Transposing
{
    /// <summary>Writes the four vectors as the columns of a tile of four rows.</summary>
    /// <param name="a">First column.</param>
    /// <param name="b">Second column.</param>
    /// <param name="c">Third column.</param>
    /// <param name="d">Fourth column.</param>
    /// <param name="to">The tile's first cell.</param>
    /// <param name="stride">Distance of two rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d, float* to, nint stride)
    {
        if (!Sse.IsSupported)
        {
            for (var i = 0; i < 4; i++, to += stride) Vector128.Create(a[i], b[i], c[i], d[i]).Store(to);
            return;
        }

        var (ab, cd) = (Sse.UnpackLow(a, b), Sse.UnpackLow(c, d));
        var (abHigh, cdHigh) = (Sse.UnpackHigh(a, b), Sse.UnpackHigh(c, d));
        Sse.MoveLowToHigh(ab, cd).Store(to);
        Sse.MoveHighToLow(cd, ab).Store(to + stride);
        Sse.MoveLowToHigh(abHigh, cdHigh).Store(to + (2 * stride));
        Sse.MoveHighToLow(cdHigh, abHigh).Store(to + (3 * stride));
    }
}
