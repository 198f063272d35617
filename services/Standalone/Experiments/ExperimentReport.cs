using System.Globalization;
using System.Text;
using System.Text.Json;
using Recommender.Modeling.Evaluation.Experiments;

namespace Recommender.Standalone.Experiments;

/// <summary>Rates per arm with intervals, differences to the control arm, and the sample-ratio check.</summary>
internal sealed class ExperimentReport
{
    /// <summary>The arm of who is in no other.</summary>
    public const string Control = "control";

    private static readonly (Outcome Outcome, string Name)[] s_rates =
        [(Outcome.View, "views"), (Outcome.Like, "likes"), (Outcome.Share, "shares"), (Outcome.WatchSeconds, "watch_seconds")];

    private readonly string _layer;
    private readonly List<Arm> _arms = [];

    /// <summary>Reckons the rates of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="log">What was shown and done.</param>
    /// <param name="shares">Expected share of the viewers per arm; equal shares where it is empty. Without control it has the rest, as in the settings.</param>
    public ExperimentReport(string layer, ExperimentLog log, IReadOnlyDictionary<string, double> shares)
    {
        (_layer, Moved) = (layer, log.Moved.Count);
        foreach (var (name, tally) in log.Arms)
        {
            var rates = s_rates.Select(rate =>
            {
                var (outcomes, impressions) = tally.Of(rate.Outcome);
                return RateEstimate.Of(outcomes, impressions);
            });
            _arms.Add(new Arm(name, tally.Viewers, tally.Impressions, [.. rates]));
        }
        shares = WithRest(shares);
        // An arm that is expected and was never seen is the grossest mismatch of all.
        string[] expected = [.. shares.Count > 0 ? shares.Keys.Union(log.Arms.Keys, StringComparer.Ordinal) : log.Arms.Keys];
        SampleRatioProbability = SampleRatio.ProbabilityOf(
            [.. expected.Select(name => (long)(log.Arms.TryGetValue(name, out var tally) ? tally.Viewers : 0))],
            [.. expected.Select(name => shares.Count == 0 ? 1 : shares.TryGetValue(name, out var share) ? share : 1e-9)]);
    }

    /// <summary>Probability of viewers spread as unevenly as these over the arms, if the shares are true.</summary>
    public double SampleRatioProbability { get; }

    /// <summary>Viewers who were seen in more than one arm.</summary>
    public int Moved { get; }

    /// <summary>Whether the comparison means nothing.</summary>
    public bool IsSampleRatioWrong => SampleRatioProbability < SampleRatio.Alarm;

    /// <summary>For people.</summary>
    public string ToTable()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"layer {_layer}; rates per impression with 95 % intervals over viewers\n");
        foreach (var arm in _arms)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{arm.Name}: {arm.Viewers} viewers, {arm.Impressions:0} impressions\n");
            for (var i = 0; i < s_rates.Length; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {s_rates[i].Name,-14} {Text(arm.Rates[i])}");
                if (Against(arm, i) is { } difference) text.Append(CultureInfo.InvariantCulture, $"   against control {Text(difference)}{(difference.Low > 0 || difference.High < 0 ? " *" : "")}");
                text.Append('\n');
            }
        }
        text.Append(CultureInfo.InvariantCulture, $"\nsample ratio: p = {SampleRatioProbability:0.####}{(IsSampleRatioWrong ? ": MISMATCH, do not compare these arms" : "")}\n");
        if (Moved > 0) text.Append(CultureInfo.InvariantCulture, $"{Moved} viewers changed arms (another salt or other shares?); they count in their first\n");
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>For programs: one object on one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(new
    {
        layer = _layer,
        sample_ratio_p = SampleRatioProbability,
        sample_ratio_mismatch = IsSampleRatioWrong,
        moved_viewers = Moved,
        arms = _arms.ToDictionary(arm => arm.Name, arm => new
        {
            viewers = arm.Viewers,
            impressions = arm.Impressions,
            rates = s_rates.Select((rate, i) => (rate.Name, Value: Rate(arm.Rates[i]))).ToDictionary(rate => rate.Name, rate => rate.Value),
            against_control = s_rates.Select((rate, i) => (rate.Name, Value: Against(arm, i))).Where(rate => rate.Value is not null).ToDictionary(rate => rate.Name, rate => Rate(rate.Value!.Value)),
        }),
    });

    private static IReadOnlyDictionary<string, double> WithRest(IReadOnlyDictionary<string, double> shares) =>
        shares.Count > 0 && !shares.ContainsKey(Control) && 1 - shares.Values.Sum() is > 1e-9 and var rest
            ? new Dictionary<string, double>(shares, StringComparer.Ordinal) { [Control] = rest }
            : shares;

    private RateEstimate? Against(Arm arm, int rate) =>
        arm.Name != Control && _arms.Find(other => other.Name == Control) is { } control ? arm.Rates[rate].Minus(control.Rates[rate]) : null;

    private static Dictionary<string, double?> Rate(RateEstimate rate) => new() { ["value"] = Finite(rate.Value), ["low"] = Finite(rate.Low), ["high"] = Finite(rate.High) };

    /// <summary>JSON has no word for what is not a number.</summary>
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static string Text(RateEstimate rate) => string.Create(CultureInfo.InvariantCulture, $"{rate.Value:0.00000} [{rate.Low:0.00000}, {rate.High:0.00000}]");

    private sealed record Arm(string Name, int Viewers, double Impressions, RateEstimate[] Rates);
}
