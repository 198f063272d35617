namespace Recommender.Modeling.Numerics;

/// <summary>
/// The axes in which a gram matrix is diagonal. Rotating both sides into them changes no inner product, and makes the part of a row's
/// equations that comes from the unobserved pairs a diagonal, whatever the row's ridge.
/// </summary>
internal sealed unsafe class PrincipalAxes
{
    private PrincipalAxes(double[] values, AlignedBuffer rotation) => (Values, Rotation) = (values, rotation);

    /// <summary>The gram matrix's diagonal in these axes: one number per factor, from 0.</summary>
    public double[] Values { get; }

    /// <summary>stride x stride, zero in the padding: row * Rotation is the row in these axes.</summary>
    public AlignedBuffer Rotation { get; }

    /// <param name="gram">factors x factors, symmetric, finite; overwritten.</param>
    /// <param name="factors">Size.</param>
    public static PrincipalAxes Of(double[] gram, int factors)
    {
        var (values, vectors) = (new double[factors], new double[factors * factors]);
        SymmetricEigen.Decompose(gram, factors, values, vectors);
        var stride = Lanes.RoundUp(factors);
        var rotation = new AlignedBuffer(checked(stride * stride));
        for (var i = 0; i < factors; i++)
        {
            values[i] = Math.Max(values[i], 0);
            for (var j = 0; j < factors; j++) rotation.Pointer[((nint)j * stride) + i] = (float)vectors[(i * factors) + j];
        }

        return new PrincipalAxes(values, rotation);
    }

    /// <summary>Takes a row out of these axes again: row := row * Rotation'.</summary>
    public void Return(Span<float> row)
    {
        var stride = Lanes.RoundUp(row.Length);
        Span<float> rotated = stackalloc float[row.Length];
        row.CopyTo(rotated);
        for (var i = 0; i < row.Length; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < row.Length; j++) sum += (double)rotated[j] * Rotation.Pointer[((nint)i * stride) + j];
            row[i] = (float)sum;
        }
    }
}
