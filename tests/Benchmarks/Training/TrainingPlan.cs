namespace Recommender.Tests.Benchmarks.Training;

/// <summary>What to measure.</summary>
/// <param name="Data">Folder of public data sets.</param>
/// <param name="Sets">Names of data sets.</param>
/// <param name="Factors">Lengths of the vectors.</param>
/// <param name="Solvers">Names of solvers.</param>
/// <param name="Iterations">Passes of every run.</param>
/// <param name="Threads">Threads of everything.</param>
internal sealed record TrainingPlan(string Data, string[] Sets, int[] Factors, string[] Solvers, int Iterations, int Threads);
