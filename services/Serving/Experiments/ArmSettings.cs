namespace Recommender.Serving.Experiments;

/// <summary>One arm of a layer.</summary>
public sealed record ArmSettings
{
    /// <summary>Share of all viewers. 0 to 1.</summary>
    public double Share { get; init; }

    /// <summary>Settings of the section Serving that are other than usual for these viewers, e.g. <c>Diversity</c> or <c>Sources:similar:Quota</c>.</summary>
    public IDictionary<string, string> Overrides { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}
