using System.CommandLine;
using Google.Protobuf;
using Recommender.Standalone.Cli;
using Recommender.V1;
using Runs = Recommender.V1.TrainingService.TrainingServiceClient;

namespace Recommender.Standalone.Train;

/// <summary><c>recommender runs</c>: the training runs of a running system.</summary>
internal static class RunsCommand
{
    private static readonly JsonFormatter s_json = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithIndentation());

    /// <summary>The command with its subcommands.</summary>
    public static Command Create() => new("runs", "Look at a running system's training runs, or cancel one.") { CreateList(), CreateShow(), CreateCancel() };

    private static Command CreateList() => DoorCommand.Create(
        "list", "List the newest fifty runs, newest first.", [],
        async (channel, _, cancellationToken) => RunTable.Of((await new Runs(channel).ListTrainingRunsAsync(new ListTrainingRunsRequest(), DoorCommand.Options(cancellationToken))).Runs));

    private static Command CreateShow() => OfOne("show", "Print all that a run recorded, as JSON.", async (runs, request, cancellationToken) =>
        s_json.Format(await runs.GetTrainingRunAsync(request, DoorCommand.Options(cancellationToken))));

    private static Command CreateCancel() => OfOne("cancel", "Cancel a run that waits or is under way.", async (runs, request, cancellationToken) =>
    {
        var run = await runs.CancelTrainingRunAsync(request, DoorCommand.Options(cancellationToken));
        return $"Run {run.RunId}: {run.State.ToString().ToLowerInvariant()}.";
    });

    private static Command OfOne(string name, string description, Func<Runs, GetTrainingRunRequest, CancellationToken, Task<string>> ask)
    {
        var id = new Argument<string>("RUN") { Description = "The run's id." };
        return DoorCommand.Create(name, description, [id], (channel, parsed, cancellationToken) =>
            ask(new Runs(channel), new GetTrainingRunRequest { RunId = parsed.GetRequiredValue(id) }, cancellationToken));
    }
}
