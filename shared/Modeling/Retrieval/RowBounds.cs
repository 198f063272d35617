using System.Runtime.InteropServices;
using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Retrieval;

/// <summary>What makes scores of rows rounded to eight bits, and how far these may be off.</summary>
internal sealed unsafe class RowBounds
{
    private readonly float[] _scales;
    private readonly float[] _errors;
    private readonly float[] _norms;

    public RowBounds(int blocks)
    {
        _scales = GC.AllocateArray<float>(blocks * Lanes.Count, pinned: true);
        Scales = (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_scales, 0);
        (_errors, _norms) = (new float[blocks], new float[blocks]);
    }

    /// <summary>What one step of a row's numbers is worth.</summary>
    public float* Scales { get; }

    /// <summary>Per block, the greatest length of the difference between a row and its rounded form.</summary>
    public ReadOnlySpan<float> Errors => _errors;

    /// <summary>Per block, the greatest length of a row or of its rounded form.</summary>
    public ReadOnlySpan<float> Norms => _norms;

    /// <summary>Takes a row in; NaN as an error or a length says nothing of the block.</summary>
    public void Note(int item, float scale, double error, double norm)
    {
        var block = item / Lanes.Count;
        _scales[item] = scale;
        if (error > _errors[block]) _errors[block] = Above(error);
        if (norm > _norms[block]) _norms[block] = Above(norm);
    }

    /// <summary>A float that is not below the number.</summary>
    private static float Above(double value) => MathF.BitIncrement((float)value);
}
