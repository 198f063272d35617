using System.CommandLine;
using Recommender.Hosting.Archive;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Archive;

/// <summary><c>recommender archive fetch</c>: a copy of an archive in a folder, for commands and tools that read folders.</summary>
internal static class FetchCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var root = ArchiveCommand.RootOption();
        var to = new Option<string>("--to") { Description = "Folder of the copy; called again, what has changed is fetched.", HelpName = "FOLDER", Required = true };
        var command = new Command("fetch", "Copy an archive from a bucket into a folder, to be read by other commands.") { root, to };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var target = Path.GetFullPath(parsed.GetRequiredValue(to));
            try
            {
                var copy = new ArchiveCopy(ArchivePlace.Open(parsed.GetRequiredValue(root)), target);
                var (fetched, deleted) = await Task.Run(() => copy.Refresh(cancellationToken), cancellationToken);
                await parsed.InvocationConfiguration.Output.WriteLineAsync($"{fetched} files fetched to {target}, {deleted} deleted");
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                throw new CommandFailure($"The archive can't be fetched: {e.Message}", ExitCode.Failed, e);
            }
            return ExitCode.Ok;
        });
        return command;
    }
}
