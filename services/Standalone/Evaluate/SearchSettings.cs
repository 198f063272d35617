using System.Globalization;
using Recommender.Modeling.Trainers.Auto;

namespace Recommender.Standalone.Evaluate;

/// <summary>How a search for trainer and parameters runs.</summary>
/// <param name="StatePath">File of the trials, or null.</param>
/// <param name="Time">The clock.</param>
/// <param name="Notes">Receives a line per trial.</param>
internal sealed record SearchSettings(string? StatePath, TimeProvider Time, TextWriter Notes)
{
    /// <summary>Writes a trial as a line.</summary>
    public void Tell(TrialRecord trial)
    {
        var settings = string.Concat(trial.Parameters.Select(p => $" {p.Key}={p.Value}"));
        var result = trial.Error ?? string.Create(CultureInfo.InvariantCulture, $"{trial.Metric} {trial.Value:0.00000}");
        Notes.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"trial {trial.Number}, {trial.Share:0%} of viewers, {trial.Trainer}{settings}: {result}, {trial.Seconds:0.0} s"));
    }
}
