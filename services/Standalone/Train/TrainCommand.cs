using System.CommandLine;
using Recommender.Standalone.Cli;
using Recommender.V1;

namespace Recommender.Standalone.Train;

/// <summary><c>recommender train</c>: starts a run of a running system and shows how it goes, or makes a model again from its manifest.</summary>
internal static class TrainCommand
{
    private const string Description =
        "Start a training run of a running system and follow it to its end. With --from-manifest no system is needed: the model is made again from the archive and compared bit for bit.";

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var trainer = new Option<string>("--trainer") { Description = "What to train; without it the system compares its candidates.", HelpName = "NAME", DefaultValueFactory = _ => "" };
        var set = new Option<string[]>("--set") { Description = "A parameter of the trainer, or a weight such as weights.like; may be given again.", HelpName = "KEY=VALUE" };
        var noPromote = new Option<bool>("--no-promote") { Description = "Keep the model out of service, however good it is." };
        var json = new Option<bool>("--json") { Description = "Print the result as one JSON object, and no progress." };
        var to = ServerAddress.ToOption();
        var identity = new ClientIdentityOptions();
        var manifest = new Option<string?>("--from-manifest") { Description = "Make this model again: its manifest.json, or its folder.", HelpName = "PATH" };
        var archive = new Option<string>("--archive") { Description = "With --from-manifest: the event archive.", HelpName = "DIRECTORY", DefaultValueFactory = _ => "data/archive" };
        var models = new Option<string?>("--models")
        {
            Description = "With --from-manifest: the folder with the model whose factors its training began with; without it, where the manifest's own folder is.",
            HelpName = "DIRECTORY",
        };
        var outPath = new Option<string?>("--out") { Description = "With --from-manifest: write the model below this folder.", HelpName = "DIRECTORY" };
        var command = new Command("train", Description) { trainer, set, noPromote, json, to, manifest, archive, models, outPath };
        identity.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(manifest) is { } path)
            {
                if (parsed.GetRequiredValue(trainer).Length > 0 || parsed.GetValue(set) is { Length: > 0 } || parsed.GetValue(noPromote))
                    throw CommandFailure.Usage("--from-manifest follows the manifest alone; --trainer, --set and --no-promote don't go with it.");
                return Rebuild.RunAsync(path, parsed.GetRequiredValue(archive), parsed.GetValue(models), parsed.GetValue(outPath), parsed.GetValue(json), output, cancellationToken);
            }
            if (parsed.GetValue(outPath) is not null || parsed.GetValue(models) is not null) throw CommandFailure.Usage("--out and --models go with --from-manifest only.");
            var request = new StartTrainingRunRequest { Trainer = parsed.GetRequiredValue(trainer), PromoteIfBetter = !parsed.GetValue(noPromote) };
            foreach (var (name, value) in KeyValues.Parse(parsed.GetValue(set) ?? [])) request.Parameters[name] = value;
            return FollowedRun.RunAsync(request, parsed.GetRequiredValue(to), identity.Read(parsed), parsed.GetValue(json), output, cancellationToken);
        });
        return command;
    }
}
