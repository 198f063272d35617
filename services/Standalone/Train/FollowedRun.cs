using System.Globalization;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Recommender.Standalone.Cli;
using Recommender.V1;
using State = Recommender.V1.TrainingRun.Types.State;

namespace Recommender.Standalone.Train;

/// <summary>A training run of a running system, shown from its start to its end.</summary>
internal static class FollowedRun
{
    private static readonly JsonFormatter s_json = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));
    private static readonly string[] s_metrics = ["ndcg", "recall", "hit_rate", "coverage"];

    /// <summary>Starts a run and follows it. Ctrl-C leaves it alone.</summary>
    public static async Task<int> RunAsync(
        StartTrainingRunRequest request, ServerAddress to, ClientIdentity identity, bool json, TextWriter output, CancellationToken cancellationToken)
    {
        var runId = "";
        try
        {
            var run = await Door.CallAsync(to, identity, async channel =>
            {
                var client = new TrainingService.TrainingServiceClient(channel);
                var started = await client.StartTrainingRunAsync(request, deadline: Door.Deadline(), cancellationToken: cancellationToken);
                runId = started.RunId;
                using var watch = client.WatchTrainingRun(new GetTrainingRunRequest { RunId = runId }, cancellationToken: cancellationToken);
                var progress = new ProgressText(output, isSilent: json);
                await foreach (var change in watch.ResponseStream.ReadAllAsync(cancellationToken))
                {
                    started = change;
                    progress.Show($"run {runId}: {change.State.ToString().ToLowerInvariant()}", change.Progress);
                }
                progress.End();
                return started;
            });
            await output.WriteLineAsync(json ? s_json.Format(run) : Describe(run));
            return run.State == State.Succeeded ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && runId.Length > 0 && e is OperationCanceledException or RpcException or CommandFailure)
        {
            if (!json) await output.WriteLineAsync($"Not followed any more; run {runId} goes on.");
            return ExitCode.Interrupted;
        }
    }

    private static string Describe(TrainingRun run)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        if (run.State != State.Succeeded)
        {
            Line($"Run {run.RunId} {run.State.ToString().ToLowerInvariant()}{(run.Error.Length > 0 ? ": " + run.Error : ".")}");
            return text.ToString().TrimEnd();
        }
        Line($"{run.Trainer} on {Metric(run, "events"):N0} events of {Metric(run, "viewers"):N0} viewers with {Metric(run, "videos"):N0} videos; judged by {Metric(run, "test_viewers"):N0} viewers.");
        Line($"");
        Line($"{"",14}{"value",9}{"interval",19}{"popularity",12}{"live",9}");
        foreach (var name in s_metrics.Select(m => m + "@20"))
        {
            var interval = run.Metrics.ContainsKey(name + "_low") ? string.Create(CultureInfo.InvariantCulture, $"{Metric(run, name + "_low"):F4} to {Metric(run, name + "_high"):F4}") : "";
            var champion = run.Metrics.ContainsKey("champion_" + name) ? Metric(run, "champion_" + name).ToString("F4", CultureInfo.InvariantCulture) : "";
            Line($"{name,-14}{Metric(run, name),9:F4}{interval,19}{Metric(run, "popularity_" + name),12:F4}{champion,9}");
        }
        Line($"");
        Line($"Model {run.ModelVersion} {(Text(run, "promoted") == "true" ? "is live" : "does not go live")}: {Text(run, "verdict")}.");
        text.Append(CultureInfo.InvariantCulture, $"{Metric(run, "run_seconds"):F1} s on {run.Device}, {Metric(run, "peak_memory_bytes") / 1e6:N0} MB of memory at most, data version {run.DataVersion[..Math.Min(12, run.DataVersion.Length)]}.");
        return text.ToString();
    }

    private static double Metric(TrainingRun run, string name) => run.Metrics.TryGetValue(name, out var value) ? value : 0;

    private static string Text(TrainingRun run, string name) => run.Parameters.TryGetValue("run." + name, out var text) ? text : "";
}
