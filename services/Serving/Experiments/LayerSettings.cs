namespace Recommender.Serving.Experiments;

/// <summary>One layer of experiments.</summary>
public sealed record LayerSettings
{
    /// <summary>Mixed into the hash that assigns viewers; another salt assigns anew.</summary>
    public string Salt { get; init; } = "";

    /// <summary>Arms by name, besides the control arm.</summary>
    public IDictionary<string, ArmSettings> Arms { get; init; } = new Dictionary<string, ArmSettings>(StringComparer.Ordinal);
}
