using System.CommandLine;
using Recommender.Hosting.Archive.Keeping;
using Recommender.Hosting.Objects;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Archive;

/// <summary><c>recommender archive</c>: proves the event archive, and puts it in order by hand.</summary>
internal static class ArchiveCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The command with its subcommands.</summary>
    public static Command Create() => new("archive", "Look after the event archive, the offline store. See docs/archive.md.") { CreateVerify(), CreateCompact(), FetchCommand.Create(), Dataset.DatasetCommand.Create() };

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
            var archive = ArchivePlace.Open(parsed.GetRequiredValue(root));
            var output = parsed.InvocationConfiguration.Output;
            ArchiveProof proof;
            // Without the right to write there is no lock to be had, and nobody here to disagree with.
            using (await TryLockAsync(archive, cancellationToken)) proof = await ReachAsync(() => ArchiveVerifier.Verify(archive, cancellationToken), cancellationToken);
            var problems = proof.Problems.ToList();
            var comparison = new KafkaComparison(archive.PathOf("") ?? "", parsed.GetValue(log), parsed.GetValue(redis));
            if (parsed.GetValue(offline)) await ArchiveText.WriteAsync(proof.Chains, output);
            else problems.AddRange(await comparison.WriteAsync(parsed.GetRequiredValue(kafka), proof, output, cancellationToken));
            if (proof.Undescribed > 0) await output.WriteLineAsync($"{proof.Undescribed} files are not in a manifest yet");
            foreach (var problem in problems) await output.WriteLineAsync($"WRONG  {problem}");
            await output.WriteLineAsync(problems.Count > 0 ? $"{problems.Count} things are wrong" : Verdict(comparison));
            return problems.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static string Verdict(KafkaComparison comparison) => comparison.ComparedNothing
        ? "not held against Kafka, which has none of the archived logs: a log that has a name of its own (Kafka:LogIdentity) needs --log. Every archived offset is there once, and every file is as it was written"
        : "proven: every archived offset is there once, and every file is as it was written";

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
            var archive = ArchivePlace.Open(parsed.GetRequiredValue(root));
            using var held = await TryLockAsync(archive, cancellationToken) ?? throw new CommandFailure($"Somebody else keeps the archive {archive.Address} in order; try again later.");
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
            var report = await ReachAsync(() => ArchiveKeeper.Run(archive, rules, TimeProvider.System.GetUtcNow(), both.Token), cancellationToken);
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
        new("--archive") { Description = "The event archive: a folder, or s3://BUCKET/PATH, reached by RECOMMENDER_ObjectStore__Endpoint and so on.", HelpName = "FOLDER", DefaultValueFactory = _ => "data/archive" };

    private static async Task<T> ReachAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        catch (Exception e) when ((e as AggregateException)?.InnerException is ObjectStoreException || e is ObjectStoreException)
        {
            throw new CommandFailure((e.InnerException as ObjectStoreException ?? e).Message, ExitCode.Failed, e);
        }
    }

    private static async Task<ObjectLock?> TryLockAsync(IObjectStore archive, CancellationToken cancellationToken)
    {
        for (var begin = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(begin) < s_patience; await Task.Delay(s_pause, cancellationToken))
        {
            try
            {
                if (ArchiveLock.TryTake(archive) is { } held) return held;
            }
            catch (Exception e) when (e is UnauthorizedAccessException or ObjectStoreException)
            {
                return null;
            }
        }
        return null;
    }
}
