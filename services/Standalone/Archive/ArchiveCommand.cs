using System.CommandLine;
using Recommender.Hosting.Archive.Keeping;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Archive;

/// <summary><c>recommender archive</c>: proves the event archive, and puts it in order by hand.</summary>
internal static class ArchiveCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The command with its subcommands.</summary>
    public static Command Create() => new("archive", "Look after the event archive, the offline store. See docs/archive.md.") { CreateVerify(), CreateCompact(), Dataset.DatasetCommand.Create() };

    private static Command CreateVerify()
    {
        var root = RootOption();
        var kafka = ServerAddress.KafkaOption();
        var redis = new Option<string?>("--redis") { Description = "Redis with the watermarks, to tell how far online state is as well.", HelpName = "HOST:PORT" };
        var log = new Option<string?>("--log") { Description = "Name of the log (Kafka:LogIdentity), where it has one. Beside an archive of 'recommender run' it is known.", HelpName = "NAME" };
        var offline = new Option<bool>("--offline") { Description = "Look at the files alone, without Kafka." };
        var command = new Command(
            "verify", "Prove the archive: every file against its checksum, every offset once, and all of it against Kafka's offsets. Exits with 1 when something is wrong.")
        {
            root, kafka, redis, log, offline,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = Existing(parsed.GetRequiredValue(root));
            var output = parsed.InvocationConfiguration.Output;
            ArchiveProof proof;
            // Without the right to write there is no lock to be had, and nobody here to disagree with.
            using (await TryLockAsync(folder, cancellationToken)) proof = await Task.Run(() => ArchiveVerifier.Verify(folder, cancellationToken), cancellationToken);
            var problems = proof.Problems.ToList();
            if (parsed.GetValue(offline)) await ArchiveText.WriteAsync(proof.Chains, output);
            else problems.AddRange(await new KafkaComparison(folder, parsed.GetValue(log), parsed.GetValue(redis)).WriteAsync(parsed.GetRequiredValue(kafka), proof, output, cancellationToken));
            if (proof.Undescribed > 0) await output.WriteLineAsync($"{proof.Undescribed} files are not in a manifest yet");
            foreach (var problem in problems) await output.WriteLineAsync($"WRONG  {problem}");
            await output.WriteLineAsync(problems.Count == 0 ? "proven: every archived offset is there once, and every file is as it was written" : $"{problems.Count} things are wrong");
            return problems.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static Command CreateCompact()
    {
        var defaults = new KeepingRules();
        var root = RootOption();
        var files = new Option<int>("--files") { Description = "So many small neighbours make one file, 2 to 1000.", HelpName = "COUNT", DefaultValueFactory = _ => defaults.CompactFiles };
        var grace = new Option<TimeSpan>("--grace")
        {
            Description = "How old files must be, and how long merged ones are kept for readers, e.g. 1h; 0s when nobody reads or writes.",
            HelpName = "TIME",
            DefaultValueFactory = _ => defaults.Grace,
            CustomParser = result =>
            {
                if (DurationText.TryParse(result.Tokens[0].Value, out var duration)) return duration;
                result.AddError($"'{result.Tokens[0].Value}' is no length of time; 1h, 30m or 0s are");
                return default;
            },
        };
        var retention = new Option<int>("--retention-days") { Description = "Drop events and impressions of days that are older than this; 0: none.", HelpName = "DAYS" };
        var command = new Command("compact", "Put the archive in order now, as Features does by itself: remove rows of forgotten viewers, merge small files, drop old days.")
        {
            root, files, grace, retention,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var rules = new KeepingRules { CompactFiles = parsed.GetValue(files), Grace = parsed.GetValue(grace), RetentionDays = parsed.GetValue(retention) };
            if (rules.CompactFiles is < 2 or > 1000) throw CommandFailure.Usage($"--files is {rules.CompactFiles}; allowed are 2 to 1000.");
            if (rules.RetentionDays is < 0 or > 36_500) throw CommandFailure.Usage($"--retention-days is {rules.RetentionDays}; allowed are 0 to 36500.");
            var folder = Existing(parsed.GetRequiredValue(root));
            using var held = await TryLockAsync(folder, cancellationToken) ?? throw new CommandFailure($"Somebody else keeps the archive {folder} in order; try again later.");
            var report = await Task.Run(() => ArchiveKeeper.Run(folder, rules, TimeProvider.System.GetUtcNow(), cancellationToken), cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            await output.WriteLineAsync(
                $"{report.Merged} files merged into {report.Made}, {report.Deleted} deleted, {report.RowsErased} rows of forgotten viewers removed, {report.Expired} files emptied by age");
            foreach (var problem in report.Problems) await output.WriteLineAsync($"WRONG  {problem}");
            return report.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    /// <summary>The option that names the archive.</summary>
    public static Option<string> RootOption() =>
        new("--archive") { Description = "Folder of the event archive.", HelpName = "FOLDER", DefaultValueFactory = _ => "data/archive" };

    /// <summary>The folder, which must be there.</summary>
    public static string Existing(string root) =>
        Directory.Exists(root) ? Path.GetFullPath(root) : throw new CommandFailure($"There is no folder {root}; name the archive with --archive.");

    private static async Task<ArchiveLock?> TryLockAsync(string root, CancellationToken cancellationToken)
    {
        for (var begin = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(begin) < s_patience; await Task.Delay(s_pause, cancellationToken))
        {
            try
            {
                if (ArchiveLock.TryTake(root) is { } held) return held;
            }
            catch (UnauthorizedAccessException)
            {
                return null;
            }
        }
        return null;
    }
}
