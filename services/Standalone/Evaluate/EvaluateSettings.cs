using Recommender.Modeling.Trainers;
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
    public static EvaluateSettings Create(EvaluationFiles files, string format, string trainer, IReadOnlyList<string> settings, bool json)
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

        var chosen = TrainerRegistry.Create(trainer, parameters);
        if (layout.NeedsTest && files.Test is null) throw new UsageException($"The format {format} needs --test FILE.");
        foreach (var path in new[] { files.Train, files.Valid, files.Test })
        {
            if (path is not null && !File.Exists(path)) throw new UsageException($"The file '{path}' does not exist.");
        }

        return new EvaluateSettings(files, layout, chosen, json);
    }
}
