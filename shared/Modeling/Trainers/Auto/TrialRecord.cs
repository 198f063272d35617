namespace Recommender.Modeling.Trainers.Auto;

/// <summary>One trial of a search.</summary>
/// <param name="Number">From 1, in the order of the search.</param>
/// <param name="Rung">From 0; higher rungs see more viewers.</param>
/// <param name="Share">Share of the viewers it was trained and judged on.</param>
/// <param name="Trainer">What was trained.</param>
/// <param name="Parameters">Those that differ from the trainer's defaults.</param>
/// <param name="Metric">What was measured.</param>
/// <param name="Value">Its value; below zero when the trainer refused the data.</param>
/// <param name="Seconds">What it took.</param>
/// <param name="Error">Why the trainer refused, or null.</param>
public sealed record TrialRecord(
    int Number, int Rung, double Share, string Trainer, IReadOnlyDictionary<string, string> Parameters, string Metric, double Value, double Seconds, string? Error);
