namespace Recommender.Modeling.Trainers.Popularity;

/// <summary>Parameters of <see cref="PopularityTrainer"/>.</summary>
public sealed record PopularityParameters
{
    private static readonly ParameterSchema<PopularityParameters> Schema = new ParameterSchema<PopularityParameters>(PopularityTrainer.TrainerName)
        .Number(
            "half_life_days", 0, 36500, "age at which an interaction counts half, measured from the newest one; 0: age does not matter",
            p => p.HalfLifeDays, (p, v) => p with { HalfLifeDays = v })
        .Number(
            "half_life_steps", 0, 1e6, "newer videos of the same viewer after which an interaction counts half; 0: order does not matter",
            p => p.HalfLifeSteps, (p, v) => p with { HalfLifeSteps = v });

    /// <summary>Age at which an interaction counts half, in days before the newest one; 0: age does not matter.</summary>
    public double HalfLifeDays { get; init; }

    /// <summary>Newer videos in the viewer's own history after which an interaction counts half; 0: order does not matter.</summary>
    public double HalfLifeSteps { get; init; }

    /// <summary>Reads key=value settings over the defaults.</summary>
    /// <exception cref="ParameterException">An unknown key, or a value out of range.</exception>
    public static PopularityParameters Parse(IReadOnlyDictionary<string, string> settings) => Schema.Parse(settings);

    /// <summary>All keys with their defaults, ranges and meaning.</summary>
    public static IReadOnlyList<ParameterDescription> Describe() => Schema.Describe();

    /// <summary>All keys with the values of this record.</summary>
    public IReadOnlyDictionary<string, string> ToSettings() => Schema.ToSettings(this);
}
