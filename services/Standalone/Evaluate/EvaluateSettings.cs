using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Auto;
using Recommender.Standalone.Evaluate.Data;

namespace Recommender.Standalone.Evaluate;

/// <summary>What one call of <c>recommender evaluate</c> asks for, checked.</summary>
/// <param name="Files">The data.</param>
/// <param name="Format">How to read it.</param>
/// <param name="Trainer">What to train, with its parameters.</param>
/// <param name="Json">Whether the result is one JSON object instead of a table.</param>
internal sealed record EvaluateSettings(EvaluationFiles Files, DataFormat Format, ITrainer Trainer, bool Json)
{
    /// <summary>Checks what was given.</summary>
    /// <exception cref="UsageException">A format, a file or a setting that does not exist.</exception>
    /// <exception cref="ParameterException">A trainer or parameter that does not exist or is out of range.</exception>
    /// <param name="files">The data.</param>
    /// <param name="format">Name of the layout.</param>
    /// <param name="trainer">Name of the trainer, or <c>auto</c>.</param>
    /// <param name="settings">KEY=VALUE each.</param>
    /// <param name="json">Whether the result is JSON.</param>
    /// <param name="search">Where a search keeps its trials, and who is told.</param>
    public static EvaluateSettings Create(
        EvaluationFiles files, string format, string trainer, IReadOnlyList<string> settings, bool json, SearchSettings search)
    {
        var layout = DataFormat.All.FirstOrDefault(f => f.Name == format)
            ?? throw new UsageException($"There is no format '{format}'; the formats are {string.Join(", ", DataFormat.All.Select(f => f.Name))}.");
        var parameters = new Dictionary<string, string>();
        foreach (var setting in settings)
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new UsageException($"--set takes KEY=VALUE, not '{setting}'.");
            if (!parameters.TryAdd(setting[..equals], setting[(equals + 1)..])) throw new UsageException($"--set gives '{setting[..equals]}' twice.");
        }

        if (search.StatePath is not null && trainer != AutoTrainer.TrainerName) throw new UsageException($"--state is for --trainer {AutoTrainer.TrainerName} alone.");
        var chosen = trainer == AutoTrainer.TrainerName
            ? new AutoTrainer(parameters, new TrialFile(search.StatePath), search.Time, search.Tell)
            : TrainerRegistry.Create(trainer, parameters);
        if (layout.NeedsTest && files.Test is null) throw new UsageException($"The format {format} needs --test FILE.");
        foreach (var path in new[] { files.Train, files.Valid, files.Test })
        {
            if (Directory.Exists(path)) throw new UsageException($"'{path}' is a folder, not a file.");
            if (path is not null && !File.Exists(path)) throw new UsageException($"The file '{path}' does not exist.");
        }

        return new EvaluateSettings(files, layout, chosen, json);
    }
}
