using Recommender.Modeling.Numerics;

namespace Recommender.Tests.Unit.Modeling.Numerics;

/// <summary>A random row's equations in axes where they are partly diagonal, as solvers take them.</summary>
internal sealed unsafe class RowProblem
{
    private readonly FactorTable _others;
    private readonly int[] _columns;
    private readonly float[] _confidences;
    private readonly float[] _diagonal;

    public RowProblem(int factors, int length, int seed)
    {
        var random = new Random(seed);
        Factors = factors;
        _others = new FactorTable(length + 50, factors);
        var matrix = RandomData.Factors(length + 50, factors, seed);
        for (var row = 0; row < matrix.RowCount; row++) matrix.Row(row).CopyTo(_others.Row(row));
        _columns = Pinned<int>([.. Enumerable.Range(0, length + 50).OrderBy(_ => random.Next()).Take(length).Order()]);
        _confidences = Pinned<float>([.. _columns.Select(_ => 0.1f + (3 * random.NextSingle()))]);
        _diagonal = Pinned<float>([.. Enumerable.Range(0, Lanes.RoundUp(factors)).Select(_ => 0.5f + (5 * random.NextSingle()))]);
    }

    public int Factors { get; }

    /// <summary>The solution in double precision.</summary>
    public double[] Solution
    {
        get
        {
            var (matrix, vector) = (new double[Factors, Factors], new double[Factors]);
            for (var i = 0; i < Factors; i++) matrix[i, i] = _diagonal[i];
            for (var t = 0; t < _columns.Length; t++)
            {
                var v = _others.Row(_columns[t]);
                for (var i = 0; i < Factors; i++)
                {
                    vector[i] += (double)_confidences[t] * v[i];
                    for (var j = 0; j < Factors; j++) matrix[i, j] += (double)_confidences[t] * v[i] * v[j];
                }
            }

            return SlowHalfStep.Solve(matrix, vector);
        }
    }

    /// <summary>What the exact solver finds.</summary>
    public float[] Exact<TLanes>()
        where TLanes : struct, ILanes<TLanes>
    {
        var result = new float[Factors];
        fixed (float* r = result)
        {
            new ExactSolver<TLanes>(Factors).Solve(System, r);
        }

        return result;
    }

    /// <summary>What some steps of conjugate gradient make of a first guess.</summary>
    public float[] Improve<TLanes>(int steps, float first = 0f)
        where TLanes : struct, ILanes<TLanes>
    {
        var x = new AlignedBuffer(Lanes.RoundUp(Factors));
        x.Span[..Factors].Fill(first);
        Assert.True(new ConjugateGradient<TLanes>(Lanes.RoundUp(Factors), new RowEffort(steps)).TryImprove(System, x.Pointer, out _));
        Assert.All(x.Span[Factors..].ToArray(), padding => Assert.Equal(0f, padding));
        return x.Span[..Factors].ToArray();
    }

    private RowSystem System
    {
        get
        {
            fixed (int* columns = _columns)
            fixed (float* confidences = _confidences, diagonal = _diagonal)
            {
                return new RowSystem
                {
                    Others = _others.Pointer, OtherStride = _others.Stride, Factors = Factors, Columns = columns, Confidences = confidences,
                    Count = _columns.Length, Diagonal = diagonal,
                };
            }
        }
    }

    // Pinned, so that a pointer outlives its fixed statement.
    private static T[] Pinned<T>(T[] values)
    {
        var pinned = GC.AllocateArray<T>(values.Length, pinned: true);
        values.CopyTo(pinned, 0);
        return pinned;
    }
}
