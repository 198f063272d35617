using Recommender.Hosting.Archive;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Ranking;
using Recommender.Training.Dataset;
using Recommender.Training.Ranking;

namespace Recommender.Training.Rebuilding;

/// <summary>Makes a version's ranker again.</summary>
internal static class RankerRebuild
{
    /// <summary>Learns it from the impressions that the manifest names.</summary>
    /// <exception cref="RebuildException">The manifest can't be followed, or the archive no longer has the impressions.</exception>
    public static async Task<byte[]> RunAsync(ModelManifest made, RankerOrigin origin, string archivePath, Snapshot snapshot, CancellationToken cancellationToken)
    {
        if (origin.FeatureVersion != RankerFeatures.Version)
            throw new RebuildException($"The ranker of {made.Version} has features of version {origin.FeatureVersion}; this version of the code has {RankerFeatures.Version}.");
        var (events, impressions) = (new ManifestRanges(made.DataRanges), new ManifestRanges(origin.DataRanges));
        var archive = ArchiveCatalog.Load(archivePath, file => events.Has(file) || impressions.Has(file));
        try
        {
            return await RankerStage.RepeatAsync(archive, snapshot.Events, RankerSettings.Parse(origin.Settings), origin.TakenAt, cancellationToken);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new RebuildException($"The ranker of {made.Version} can't be made again: {e.Message}", e);
        }
    }
}
