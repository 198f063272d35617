using System.CommandLine;
using Recommender.Standalone.Cli;
using Recommender.V1;
using Registry = Recommender.V1.ModelRegistryService.ModelRegistryServiceClient;

namespace Recommender.Standalone.Models;

/// <summary><c>recommender models</c>: the model registry of a running system.</summary>
internal static class ModelsCommand
{
    /// <summary>The command with its subcommands.</summary>
    public static Command Create() => new("models", "Look at a running system's models, and change which one is live.")
    {
        CreateList(), CreateHistory(), CreatePromote(), CreateRollback(),
    };

    private static Command CreateList() => DoorCommand.Create(
        "list", "List the versions, newest first.", [],
        async (channel, _, cancellationToken) => ModelText.Versions(await RegistryPages.VersionsAsync(new Registry(channel), cancellationToken)));

    private static Command CreateHistory() => DoorCommand.Create(
        "history", "Say what was live when and why, newest first.", [],
        async (channel, _, cancellationToken) => ModelText.History(await RegistryPages.ChangesAsync(new Registry(channel), cancellationToken)));

    private static Command CreatePromote()
    {
        var version = new Argument<string>("VERSION") { Description = "The version." };
        return DoorCommand.Create("promote", "Make a version live, whatever the gate said, after checking its files.", [version], async (channel, parsed, cancellationToken) =>
        {
            var request = new PromoteModelRequest { Version = parsed.GetRequiredValue(version) };
            return ModelText.Live(await new Registry(channel).PromoteModelAsync(request, DoorCommand.Options(cancellationToken)));
        });
    }

    private static Command CreateRollback() => DoorCommand.Create(
        "rollback", "Go back to the version that was live before; again: to the one before that.", [],
        async (channel, _, cancellationToken) => ModelText.Live(await new Registry(channel).RollbackModelAsync(new RollbackModelRequest(), DoorCommand.Options(cancellationToken))));
}
