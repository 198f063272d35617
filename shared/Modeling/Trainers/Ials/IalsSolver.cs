namespace Recommender.Modeling.Trainers.Ials;

/// <summary>How <see cref="IalsTrainer"/> solves a row.</summary>
public enum IalsSolver
{
    /// <summary>For each row the cheaper of the others.</summary>
    Auto,

    /// <summary>Exactly, by Cholesky.</summary>
    Exact,

    /// <summary>Some steps of conjugate gradient from the row's last factors.</summary>
    Cg,
}
