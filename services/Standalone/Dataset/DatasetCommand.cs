using System.CommandLine;
using System.Globalization;
using Recommender.Hosting.Artifacts;
using Recommender.Standalone.Archive;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Dataset;

/// <summary><c>recommender archive dataset</c>: a table to learn from, with features as they were known at the time.</summary>
internal static class DatasetCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var root = ArchiveCommand.RootOption();
        var path = new Option<string>("--out") { Description = "The file to write.", HelpName = "FILE", Required = true };
        var format = new Option<string>("--format") { Description = "Form of the file.", DefaultValueFactory = _ => "csv" }.Among("csv", "jsonl");
        var of = new Option<string>("--of") { Description = "What a row is: a video that was shown, or a view.", DefaultValueFactory = _ => "impressions" }.Among("impressions", "views");
        var command = new Command(
            "dataset", "Write a row for each impression or view: counters of viewer, video and both together as they were known just before it, and what came of it.")
        {
            root, path, format, of,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(async () =>
        {
            var archive = ArchivePlace.Open(parsed.GetRequiredValue(root));
            var ofImpressions = parsed.GetRequiredValue(of) == "impressions";
            var (target, isCsv) = (parsed.GetRequiredValue(path), parsed.GetRequiredValue(format) == "csv");
            var (rows, events) = (0L, 0);
            try
            {
                var input = PointInTimeInput.Read(archive, ofImpressions, cancellationToken);
                events = input.Events.Count;
                AtomicFile.Write(target, stream => rows = DatasetWriter.Write(stream, isCsv, input, PointInTimeJoin.Rows(input.Events, input.Examples), cancellationToken));
                if (input.Unreadable > 0) await parsed.InvocationConfiguration.Error.WriteLineAsync(Text($"{input.Unreadable} rows of the archive could not be read and were left out"));
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                throw new CommandFailure($"The dataset can't be written: {e.Message}", ExitCode.Failed, e);
            }
            await parsed.InvocationConfiguration.Output.WriteLineAsync(Text($"wrote {rows} rows of {DatasetWriter.Columns.Count} columns from {events} events to {target}"));
            return ExitCode.Ok;
        }, cancellationToken));
        return command;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
