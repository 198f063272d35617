using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Evaluation.OffPolicy;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Experiments;

/// <summary><c>recommender experiments ope</c>: what a policy would have earned, from the log of another.</summary>
internal static class OffPolicyCommand
{
    private const string Uniform = "uniform";

    /// <summary>With fewer rewards an interval is rough.</summary>
    private const int EnoughRewards = 10;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var log = new Option<string>("--log") { Description = "Choices with propensities: CSV with the columns item_id, position, click and propensity_score, or what 'archive dataset' writes (of which what exploration drew counts); perhaps gzipped.", HelpName = "FILE", Required = true };
        var policy = new Option<string>("--policy") { Description = $"The policy to judge: '{Uniform}', or a log of its own choices, from which its probabilities are counted.", HelpName = "FILE", Required = true };
        var reward = new Option<string>("--reward") { Description = "Column of what a choice earned; of a dataset e.g. liked or watched_ms.", HelpName = "COLUMN", DefaultValueFactory = _ => "click" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of a table." };
        var command = new Command("ope", "Estimate what a policy earns per choice from the log of another (IPS, SNIPS, doubly robust).") { log, policy, reward, json };
        command.SetAction((parsed, cancellationToken) => Task.Run(() =>
        {
            var logs = new BanditLog(parsed.GetRequiredValue(reward));
            var choices = logs.Read(parsed.GetRequiredValue(log));
            var judged = parsed.GetRequiredValue(policy);
            var probabilities = logs.Frequencies(judged == Uniform ? [] : logs.Read(judged));
            try
            {
                var report = OffPolicyEvaluation.Evaluate(choices, probabilities);
                parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(json) ? ToJson(report) : ToTable(report));
                return ExitCode.Ok;
            }
            catch (ArgumentException e)
            {
                throw new CommandFailure(e.Message, cause: e);
            }
        }, cancellationToken));
        return command;
    }

    private static string ToTable(OffPolicyReport report)
    {
        var text = new StringBuilder("estimate of the reward per choice, with 95 % intervals\n");
        foreach (var (name, interval) in Estimates(report)) text.Append(CultureInfo.InvariantCulture, $"  {name,-14} {interval.Mean:0.00000} [{interval.Low:0.00000}, {interval.High:0.00000}]\n");
        if (report.RewardedChoices < EnoughRewards)
            text.Append(CultureInfo.InvariantCulture, $"only {report.RewardedChoices} of the choices earned anything: take these for rough\n");
        return text.Append(CultureInfo.InvariantCulture, $"{report.Choices} choices, worth {report.EffectiveChoices:0} of the policy's own; mean weight {report.MeanWeight:0.000}, largest {report.LargestWeight:0.0}").ToString();
    }

    private static string ToJson(OffPolicyReport report) => JsonSerializer.Serialize(new
    {
        choices = report.Choices,
        rewarded_choices = report.RewardedChoices,
        effective_choices = report.EffectiveChoices,
        mean_weight = report.MeanWeight,
        largest_weight = report.LargestWeight,
        estimates = Estimates(report).ToDictionary(e => e.Name, e => new { value = e.Interval.Mean, low = e.Interval.Low, high = e.Interval.High }),
    });

    private static (string Name, BootstrapInterval Interval)[] Estimates(OffPolicyReport report) =>
        [("ips", report.InversePropensity), ("snips", report.SelfNormalized), ("doubly_robust", report.DoublyRobust)];
}
