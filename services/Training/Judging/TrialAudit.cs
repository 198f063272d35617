namespace Recommender.Training.Judging;

/// <summary>What a trial's lists look like and what its model costs, beside the mean quality.</summary>
/// <param name="PopularityBias">
/// Mean popularity of the first 20 videos of a list: the share of the catalog that is watched less, 0 to 1; 0.5 is no preference.
/// </param>
/// <param name="TailRecall">recall@20 of rarely watched videos by test viewer; NaN for a viewer who chose none.</param>
/// <param name="Segments">Metrics of new and active viewers, and of head and tail videos, by name.</param>
/// <param name="Bytes">Size of the model's files.</param>
/// <param name="ScoringMilliseconds">Median time in which one thread ranks the whole catalog for one viewer.</param>
internal sealed record TrialAudit(
    double PopularityBias, double[] TailRecall, IReadOnlyDictionary<string, double> Segments, long Bytes, double ScoringMilliseconds)
{
    /// <summary>Nothing was looked at.</summary>
    public static TrialAudit None { get; } = new(0, [], new Dictionary<string, double>(), 0, 0);
}
