namespace Recommender.Modeling.Numerics;

/// <summary>
/// The axes in which a gram matrix is diagonal. Rotating both sides into them changes no inner product, and makes the part of a row's
/// equations that comes from the unobserved pairs a diagonal, whatever the row's ridge.
/// </summary>
internal sealed unsafe class PrincipalAxes
{
    private PrincipalAxes(double[] values, AlignedBuffer rotation, AlignedBuffer back) => (Values, Rotation, Back) = (values, rotation, back);

    /// <summary>The gram matrix's diagonal in these axes: one number per factor, from 0.</summary>
    public double[] Values { get; }

    /// <summary>stride x stride, zero in the padding: row * Rotation is the row in these axes.</summary>
    public AlignedBuffer Rotation { get; }

    /// <summary><see cref="Rotation"/> transposed: takes a row out of these axes again.</summary>
    public AlignedBuffer Back { get; }

    /// <param name="gram">factors x factors, symmetric, finite; overwritten.</param>
    /// <param name="factors">Size.</param>
    public static PrincipalAxes Of(double[] gram, int factors)
    {
        var (values, vectors) = (new double[factors], new double[factors * factors]);
        SymmetricEigen.Decompose(gram, factors, values, vectors);
        var stride = Lanes.RoundUp(factors);
        var (rotation, back) = (new AlignedBuffer(checked(stride * stride)), new AlignedBuffer(stride * stride));
        for (var i = 0; i < factors; i++)
        {
            values[i] = Math.Max(values[i], 0);
            for (var j = 0; j < factors; j++) rotation.Pointer[((nint)j * stride) + i] = back.Pointer[((nint)i * stride) + j] = (float)vectors[(i * factors) + j];
        }

        return new PrincipalAxes(values, rotation, back);
    }
}
