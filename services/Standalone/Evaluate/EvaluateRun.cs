using System.Diagnostics;
using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Trainers;
using Recommender.Standalone.Evaluate.Data;

namespace Recommender.Standalone.Evaluate;

/// <summary>Reads, trains, ranks and measures.</summary>
/// <param name="settings">What to do.</param>
/// <param name="time">The clock.</param>
/// <param name="notes">Receives what the person who gave the files should know.</param>
internal sealed class EvaluateRun(EvaluateSettings settings, TimeProvider time, TextWriter notes)
{
    /// <summary>Runs to the end.</summary>
    /// <exception cref="DataException">A file cannot be read or used.</exception>
    /// <exception cref="TrainingDataException">Nothing to learn from, or nothing to evaluate.</exception>
    public EvaluateReport Execute(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var skipped = new SkippedLines();
        EvaluationData data;
        try
        {
            data = settings.Format.Load(settings.Files, skipped, cancellationToken);
        }
        finally
        {
            // Also when nothing is left: the lines say why.
            foreach (var line in skipped.Describe()) notes.WriteLine(line);
        }

        foreach (var note in data.Notes) notes.WriteLine(note);
        var iterations = new List<double>();
        var previous = time.GetTimestamp();
        var model = settings.Trainer.Train(data.Train, progress =>
        {
            if (progress.Note is { } note) notes.WriteLine(note);
            if (progress.Iteration > 0) iterations.Add(time.GetElapsedTime(previous).TotalSeconds);
            previous = time.GetTimestamp();
        }, cancellationToken);
        var result = Evaluator.Evaluate(model, data.Relevant, data.Masks, cancellationToken: cancellationToken);
        using var process = Process.GetCurrentProcess();
        return new EvaluateReport
        {
            Trainer = settings.Trainer.Name,
            Device = model.Device,
            Metrics = result.Metrics,
            SecondsPerIteration = Median(iterations),
            TotalSeconds = time.GetElapsedTime(started).TotalSeconds,
            PeakMemoryBytes = process.PeakWorkingSet64,
            Parameters = model.Parameters,
            Viewers = model.ViewerCount,
            Items = model.ItemCount,
            TrainInteractions = data.Train.Interactions.Count,
            EvaluatedViewers = result.Viewers.Count,
            SkippedLines = skipped.Count,
        };
    }

    private static double Median(List<double> values)
    {
        if (values.Count == 0) return 0;
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }
}
