using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Export.Recommendations;

/// <summary><c>recommender export recommendations</c>: what every viewer would be recommended, as files.</summary>
internal static class RecommendationsCommand
{
    private const string Description =
        "Write what every viewer would be recommended now to files. Nothing is noted as shown. Given again after an interruption it goes on. See docs/export.md.";

    /// <summary>The command.</summary>
    /// <param name="model">What the command above takes and this one does not.</param>
    public static Command Create(Argument<string> model)
    {
        var output = new Option<string>("--out") { Description = "Folder to write to.", HelpName = "FOLDER", Required = true };
        var viewers = new Option<string?>("--viewers") { Description = "File with the viewers' ids, one a line; without it all viewers whom the system knows.", HelpName = "FILE" };
        var count = Number("--count", "Videos for each viewer, 1 to 200.", 20);
        var format = new Option<string>("--format")
        {
            Description = "jsonl: an object per viewer\ncsv: a row per viewer and video",
            DefaultValueFactory = _ => "jsonl",
        }.Among("jsonl", "csv");
        var shards = Number("--shards", "Files to write, 1 to 4,096. The ids of one file's viewers are held in memory at a time.", 16);
        var concurrency = Number("--concurrency", "Calls under way, 1 to 256.", 16);
        var to = ServerAddress.ToOption();
        var identity = new ClientIdentityOptions();
        var command = new Command("recommendations", Description) { output, viewers, count, format, shards, concurrency, to };
        identity.AddTo(command);
        command.Options.Add(new HelpOption { Action = new HelpWithout(model) });
        command.Validators.Add(result =>
        {
            if (result.GetResult(model) is { Tokens: [var token, ..] }) result.AddError($"'{token.Value}' is unknown here");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = new ExportSettings(
                Path.GetFullPath(parsed.GetRequiredValue(output)), parsed.GetValue(viewers), InRange(parsed, count, 1, 200), parsed.GetRequiredValue(format),
                InRange(parsed, shards, 1, 4096), InRange(parsed, concurrency, 1, 256), parsed.GetRequiredValue(to));
            if (settings.ViewersPath is { } path && !File.Exists(path)) throw CommandFailure.Usage($"{path} is not there.");
            using var channel = Door.Open(settings.To, identity.Read(parsed));
            var text = parsed.InvocationConfiguration.Output;
            try
            {
                var manifest = await new RecommendationExport(settings, channel, TimeProvider.System, line => text.WriteLine(line)).RunAsync(cancellationToken);
                await text.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                    $"{settings.Folder}: {manifest.Viewers:N0} viewers, {manifest.Videos:N0} videos in {manifest.Files.Count} files; {ExportManifest.FileName} tells counts and checksums"));
                if (manifest.DegradedViewers > 0)
                {
                    await text.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                        $"{manifest.DegradedViewers:N0} viewers got less than a healthy system gives, whatever was tried; see degraded_viewers of each file, and /readyz of the system"));
                }
                return ExitCode.Ok;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CommandFailure($"The folder '{settings.Folder}' cannot be written: {e.Message}", cause: e);
            }
        });
        return command;
    }

    private static Option<int> Number(string name, string description, int value) => new(name) { Description = description, HelpName = "NUMBER", DefaultValueFactory = _ => value };

    private static int InRange(ParseResult parsed, Option<int> option, int min, int max)
    {
        var value = parsed.GetValue(option);
        if (value >= min && value <= max) return value;
        throw CommandFailure.Usage(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {value}; it must be {min} to {max}."));
    }
}

/// <summary>What is exported, and how.</summary>
/// <param name="Folder">Where to.</param>
/// <param name="ViewersPath">File with ids; null: all whom the system knows.</param>
/// <param name="Count">Videos for each viewer.</param>
/// <param name="Format"><c>jsonl</c> or <c>csv</c>.</param>
/// <param name="Shards">Number of files.</param>
/// <param name="Concurrency">Calls under way.</param>
/// <param name="To">The running system.</param>
internal sealed record ExportSettings(string Folder, string? ViewersPath, int Count, string Format, int Shards, int Concurrency, ServerAddress To)
{
    /// <summary>Name of a file.</summary>
    public string FileOf(int shard) => string.Create(CultureInfo.InvariantCulture, $"part-{shard:00000}-of-{Shards:00000}.{Format}.gz");
}
