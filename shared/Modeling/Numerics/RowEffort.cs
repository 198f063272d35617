namespace Recommender.Modeling.Numerics;

/// <summary>
/// How much <see cref="ConjugateGradient{TLanes}"/> does for a row. A residual is compared with the row's factors, both measured with the preconditioner,
/// which is nearly the energy norm of the error beside that of the row.
/// </summary>
/// <param name="Steps">Steps at most.</param>
/// <param name="Tolerance">Enough when the residual is this small; 0: always all steps.</param>
internal readonly record struct RowEffort(int Steps, float Tolerance = 0)
{
    // Who sets a tolerance begins near the solution, mostly.
    private const int NearSteps = 2;

    /// <summary>A row whose residual is this small at the beginning is left as it is; from <see cref="Tolerance"/>.</summary>
    public float Leave { get; init; } = Tolerance;

    /// <summary>Steps that a row takes, mostly.</summary>
    public int UsualSteps { get; init; } = Tolerance > 0 ? Math.Min(Steps, NearSteps) : Steps;
}
