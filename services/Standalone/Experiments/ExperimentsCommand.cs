using System.CommandLine;
using System.Globalization;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Experiments;

/// <summary><c>recommender experiments</c>: what experiments brought, and what another policy would have brought.</summary>
internal static class ExperimentsCommand
{
    /// <summary>The command with its subcommands.</summary>
    public static Command Create() => new("experiments", "Compare the arms of experiments, and judge a policy by another one's log.") { CreateReport(), OffPolicyCommand.Create() };

    private static Command CreateReport()
    {
        var archive = new Option<string>("--archive") { Description = "Folder of the event archive.", HelpName = "FOLDER", DefaultValueFactory = _ => "data/archive" };
        var layer = new Option<string?>("--layer") { Description = "Layer to report on; needed where there are several.", HelpName = "NAME" };
        var share = new Option<string[]>("--share") { Description = "Expected share of the viewers in an arm, for the sample-ratio check; may be given again. As in the settings, control has the rest where it is not named. Without any, arms are expected to be equal.", HelpName = "ARM=SHARE" };
        var kafka = ServerAddress.KafkaOption();
        kafka.Description = "Read the topics at this bootstrap address, HOST:PORT, instead of the archive: they have the newest events, and reach back as far as Kafka keeps them. Security comes from the variables of the services.";
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of a table." };
        var command = new Command("report", "Rates per impression of every arm with intervals, from the archive or the topics.") { archive, kafka, layer, share, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var root = parsed.GetRequiredValue(archive);
            var fromTopics = parsed.GetResult(kafka) is { Implicit: false };
            if (fromTopics && parsed.GetResult(archive) is { Implicit: false }) throw CommandFailure.Usage("--archive and --kafka exclude each other.");
            if (!fromTopics && !Directory.Exists(root)) throw new CommandFailure($"There is no folder {root}; name the archive with --archive, or read the topics with --kafka.");
            var address = parsed.GetRequiredValue(kafka);
            var (name, log) = fromTopics
                ? await ReadAsync($"the topics at {address}", l => l.ReadAsync(address, cancellationToken), parsed.GetValue(layer))
                : await ReadAsync($"the archive {root}", l => l.ReadAsync(root, cancellationToken), parsed.GetValue(layer));
            if (log.Unreadable > 0) await parsed.InvocationConfiguration.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{log.Unreadable:N0} records are no impressions or events and were left out."));
            var report = new ExperimentReport(name, log, SharesOf(parsed.GetValue(share) ?? []));
            await parsed.InvocationConfiguration.Output.WriteLineAsync(parsed.GetValue(json) ? report.ToJson() : report.ToTable());
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<(string Layer, ExperimentLog Log)> ReadAsync(string place, Func<ExperimentLog, Task> read, string? layer)
    {
        try
        {
            var log = new ExperimentLog(layer ?? "");
            await read(log);
            if (layer is null && log.Layers.Count == 1)
            {
                layer = log.Layers.Single();
                log = new ExperimentLog(layer);
                await read(log);
            }
            if (log.Layers.Count == 0) throw new CommandFailure($"No impression in {place} belongs to an experiment.");
            if (layer is null || !log.Layers.Contains(layer)) throw CommandFailure.Usage($"Say with --layer which one: {string.Join(", ", log.Layers.Order(StringComparer.Ordinal))}.");
            return (layer, log);
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or System.Text.Json.JsonException or IOException)
        {
            throw new CommandFailure($"What {place} holds can't be read: {e.Message}", cause: e);
        }
    }

    private static Dictionary<string, double> SharesOf(string[] settings)
    {
        var shares = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var setting in settings)
        {
            var at = setting.IndexOf('=', StringComparison.Ordinal);
            if (at < 1 || !double.TryParse(setting.AsSpan(at + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) || !(share > 0))
                throw CommandFailure.Usage($"--share {setting} is not ARM=SHARE with a share above 0.");
            shares[setting[..at]] = share;
        }
        if (!shares.ContainsKey(ExperimentReport.Control) && shares.Values.Sum() is > 1 + 1e-9 and var all)
            throw CommandFailure.Usage(string.Create(CultureInfo.InvariantCulture, $"--share gives the arms {all} of the viewers, and control the rest of 1; name {ExperimentReport.Control} as well, or give 1 at most."));
        return shares;
    }
}
