using System.CommandLine;
using Recommender.Modeling.Onnx;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Auto;
using Recommender.Standalone.Evaluate.Data;

namespace Recommender.Standalone.Evaluate;

/// <summary><c>recommender evaluate</c>: trains on files and ranks the full catalog, without any server.</summary>
internal static class EvaluateCommand
{
    private const int Failed = 1;
    private const int WrongUsage = 2;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        OnnxTrainers.Register();
        var train = new Option<string>("--train") { Description = "Interactions to learn from. Files may be gzipped.", HelpName = "FILE", Required = true };
        var valid = new Option<string?>("--valid") { Description = "Interactions for choosing parameters; see --format for what becomes of them.", HelpName = "FILE" };
        var test = new Option<string?>("--test") { Description = "Interactions to predict.", HelpName = "FILE" };
        var format = new Option<string>("--format")
        {
            Description = "Layout of the files:" + string.Concat(DataFormat.All.Select(f => $"\n{f.Name}: {f.Summary}")),
            HelpName = string.Join('|', DataFormat.All.Select(f => f.Name)),
            Required = true,
        };
        var trainer = new Option<string>("--trainer")
        {
            Description = "What to train, and its parameters with their defaults:" + string.Concat(TrainerRegistry.Names.Select(Describe)) + DescribeSearch(),
            HelpName = string.Join('|', TrainerRegistry.Names.Append(AutoTrainer.TrainerName)),
            Required = true,
        };
        var set = new Option<string[]>("--set") { Description = "A parameter of the trainer; may be given again.", HelpName = "KEY=VALUE" };
        var state = new Option<string?>("--state")
        {
            Description = "With --trainer auto: keeps each trial as a line of JSON; a search that was interrupted goes on from there.", HelpName = "FILE",
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of a table." };
        var command = new Command("evaluate", "Train on files and rank the full catalog for every viewer in the test, what was trained on left out.")
        {
            train, valid, test, format, trainer, set, state, json,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => Run(
            () => EvaluateSettings.Create(
                new EvaluationFiles(parsed.GetRequiredValue(train), parsed.GetValue(valid), parsed.GetValue(test)),
                parsed.GetRequiredValue(format), parsed.GetRequiredValue(trainer), parsed.GetValue(set) ?? [], parsed.GetValue(json),
                new SearchSettings(parsed.GetValue(state), TimeProvider.System, parsed.InvocationConfiguration.Error)),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellationToken), cancellationToken));
        return command;
    }

    private static int Run(Func<EvaluateSettings> create, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            var settings = create();
            var report = new EvaluateRun(settings, TimeProvider.System, error).Execute(cancellationToken);
            output.WriteLine(settings.Json ? report.ToJson() : report.ToTable());
            return 0;
        }
        catch (Exception e) when (e is UsageException or ParameterException)
        {
            error.WriteLine(e.Message);
            return WrongUsage;
        }
        catch (Exception e) when (e is DataException or TrainingDataException)
        {
            error.WriteLine(e.Message);
            return Failed;
        }
    }

    private static string DescribeSearch() =>
        $"\n{AutoTrainer.TrainerName} (tries trainers and parameters): {string.Join(", ", AutoTrainer.Describe().Select(p => $"{p.Key}={p.Default}"))}";

    private static string Describe(string trainer) =>
        $"\n{trainer}: {string.Join(", ", TrainerRegistry.Describe(trainer).Select(p => $"{p.Key}={p.Default}"))}";
}
