using System.Globalization;
using Recommender.Hosting.Configuration;

namespace Recommender.Serving.Experiments;

/// <summary>Experiments on how recommendations are made. Section <c>Experiments</c>.</summary>
public sealed record ExperimentOptions : IOptionsRecord
{
    /// <summary>Name of the arm of viewers who are in no other.</summary>
    public const string Control = "control";

    private const int MaxCombinations = 4096;

    /// <inheritdoc/>
    public static string Section => "Experiments";

    /// <summary>
    /// Layers by name, each of which assigns every viewer to one of its arms, independently of the other layers:
    /// <c>Experiments:Layers:order:Arms:diverse:Share</c> is 0.5, <c>Experiments:Layers:order:Arms:diverse:Overrides:Diversity</c> is 0.3. Who is
    /// in none of the arms is in the arm control, without overrides. <c>Experiments:Layers:order:Salt</c> deals anew.
    /// </summary>
    public IDictionary<string, LayerSettings> Layers { get; init; } = new Dictionary<string, LayerSettings>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        var combinations = 1L;
        foreach (var (name, layer) in Layers)
        {
            check.That(IsName(name), name, "names of layers are letters, digits, '-' and '_'", "Layers");
            var total = 0.0;
            foreach (var (arm, settings) in layer.Arms)
            {
                check.That(IsName(arm) && arm != Control, arm, $"names of arms are letters, digits, '-' and '_', and not {Control}", $"Layers:{name}:Arms");
                check.Range(settings.Share, 0, 1, $"Layers:{name}:Arms:{arm}:Share");
                total += settings.Share;
            }
            check.That(total <= 1 + 1e-9, total.ToString(CultureInfo.InvariantCulture), "shares of one layer's arms add up to at most 1", $"Layers:{name}:Arms");
            combinations *= layer.Arms.Count + 1;
            check.That(combinations <= MaxCombinations, combinations, $"arms of all layers together make at most {MaxCombinations} combinations", "Layers");
        }
    }

    private static bool IsName(string text) => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
