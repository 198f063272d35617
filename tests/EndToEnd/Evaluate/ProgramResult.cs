namespace Recommender.Tests.EndToEnd.Evaluate;

/// <summary>How a process ended.</summary>
public sealed record ProgramResult(int ExitCode, string Output, string Error);
