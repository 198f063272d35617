using Microsoft.ML.OnnxRuntime;
using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Onnx.Ials;

/// <summary>Rows of a factor matrix as tensors.</summary>
internal static class FactorTiles
{
    /// <summary>At most <paramref name="rows"/> rows from <paramref name="first"/> on, [rows, k]; not copied.</summary>
    public static OrtValue ValueOf(FactorMatrix factors, int first, int rows)
    {
        var count = Math.Min(rows, factors.RowCount - first);
        var memory = factors.Array.AsMemory(first * factors.Factors, count * factors.Factors);
        return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, [count, factors.Factors]);
    }
}
