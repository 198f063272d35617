using System.Globalization;
using Recommender.Hosting.Artifacts;
using Recommender.Training.Dataset;
using Recommender.Training.Publishing;
using Recommender.Training.Rebuilding;
using Recommender.Training.Triggers;

namespace Recommender.Training.Running;

/// <summary>What a run's final training begins with.</summary>
/// <param name="From">The live model's factors; null: at random.</param>
/// <param name="Why">Why, in plain words.</param>
internal sealed record TrainingStart(ModelStart? From, string Why)
{
    /// <summary>
    /// Chooses. A run on the clock goes on from the live model, and so does what takes its place after a crash; one that somebody asked for begins at random, so
    /// that it depends on the data alone. Runs that go on from each other fit old events better than new ones, and rank worse by and by, so that it is
    /// begun at random again when the events since the last model that did are more than <see cref="TrainingOptions.WarmStartShare"/> of all.
    /// </summary>
    /// <param name="options">What is configured.</param>
    /// <param name="trigger">What asked for the run first.</param>
    /// <param name="live">The live model; null when there is none.</param>
    /// <param name="isItsRecipe">Whether the run makes what the live model's recipe makes.</param>
    /// <param name="snapshot">The data.</param>
    public static TrainingStart Choose(TrainingOptions options, string trigger, ModelManifest? live, bool isItsRecipe, Snapshot snapshot)
    {
        if (!options.WarmStart) return AtRandom("as configured");
        if (trigger is not (RetrainSchedule.Trigger or RetrainSchedule.NewEventsTrigger)) return AtRandom("the run was asked for and depends on its data alone");
        if (live is not { Factors: > 0 } || !isItsRecipe) return AtRandom("no live model of this recipe has factors");
        if (EventsSinceRandom(live, snapshot) is not { } events) return AtRandom($"how much is new since a model that began at random is not known of {live.Version}");
        var share = events / (double)Math.Max(1, snapshot.ArchivedEvents);
        var news = string.Create(
            CultureInfo.InvariantCulture, $"{share:P1} of the events are new since a model that began at random, {options.WarmStartShare:P1} are allowed");
        return share > options.WarmStartShare ? AtRandom(news) : new TrainingStart(StoredFactors.StartOf(live) with { NewEvents = events }, $"with the factors of {live.Version}: {news}");
    }

    /// <summary>As this one, where the factors can't be read.</summary>
    public static TrainingStart AtRandom(string why) => new(null, $"at random: {why}");

    private static long? EventsSinceRandom(ModelManifest live, Snapshot snapshot)
    {
        if (live.StartedFrom is { NewEvents: null }) return null;
        try
        {
            return (live.StartedFrom?.NewEvents ?? 0) + new ManifestRanges(live.DataRanges).CountNewEvents(snapshot.Ranges);
        }
        catch (RebuildException)
        {
            return null;
        }
    }
}
