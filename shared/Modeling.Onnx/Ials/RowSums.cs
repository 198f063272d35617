using Microsoft.ML.OnnxRuntime;

namespace Recommender.Modeling.Onnx.Ials;

/// <summary>The sums of the equations of some rows.</summary>
/// <param name="outer">sum c v v', [rows, k, k].</param>
/// <param name="right">sum c v, [rows, 1, k].</param>
/// <param name="owner">What is disposed of with them.</param>
internal sealed class RowSums(OrtValue outer, OrtValue right, IDisposable? owner) : IDisposable
{
    /// <summary>sum c v v', [rows, k, k].</summary>
    public OrtValue Outer { get; } = outer;

    /// <summary>sum c v, [rows, 1, k].</summary>
    public OrtValue Right { get; } = right;

    /// <summary>Nothing added yet.</summary>
    public static RowSums Zeros(int rows, int k) => new(
        OrtValue.CreateTensorValueFromMemory(new float[(long)rows * k * k], [rows, k, k]),
        OrtValue.CreateTensorValueFromMemory(new float[rows * k], [rows, 1, k]), owner: null);

    /// <summary>Takes over the two outputs of a run.</summary>
    public static RowSums TakeFrom(IDisposableReadOnlyCollection<OrtValue> outputs) => new(outputs[0], outputs[1], outputs);

    /// <inheritdoc/>
    public void Dispose()
    {
        Outer.Dispose();
        Right.Dispose();
        owner?.Dispose();
    }
}
