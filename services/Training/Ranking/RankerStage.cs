using System.Globalization;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Onnx.Ranking;
using Recommender.Modeling.Ranking;
using Recommender.Training.Dataset;

namespace Recommender.Training.Ranking;

/// <summary>The last stage of a run: learns the ranker from impressions and their outcomes, if there are enough, and keeps it if it is better than the plain blend.</summary>
internal sealed class RankerStage(StorageOptions storage, TrainingOptions options, ILogger<RankerStage> logger)
{
    private const string Impressions = "impression";

    /// <summary>The same impressions give the same ranker.</summary>
    private const int Seed = 1;

    /// <summary>Learns and judges. What is wrong with impressions costs the ranker alone, never the run.</summary>
    public async Task<RankerResult> RunAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        var result = options.Ranker.Enabled ? await TryLearnAsync(snapshot, cancellationToken) : new RankerResult(RankerReport.Without("switched off"));
        RankerStageLog.Judged(logger, result.Report.IsUsed ? "is used" : "is not used", result.Report.Verdict);
        return result;
    }

    /// <summary>Learns a ranker as before, whatever its merit.</summary>
    /// <param name="archive">The impressions and events that it was learnt from.</param>
    /// <param name="events">The videos and their durations.</param>
    /// <param name="settings">The settings that it was learnt with.</param>
    /// <param name="takenAt">When.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal static async Task<byte[]> RepeatAsync(
        ArchiveCatalog archive, EventDataset events, RankerOptions settings, DateTimeOffset takenAt, CancellationToken cancellationToken)
    {
        var data = await new RankerReader(archive, events, settings).ReadAsync(takenAt, cancellationToken);
        var (_, passes, lines) = RankerRecipe.Fit(data, data.CutAt(1 - settings.TestFraction), Seed, cancellationToken);
        return RankerGraph.Create(RankerRecipe.Refit(data, passes, lines, Seed, cancellationToken).Network);
    }

    private async Task<RankerResult> TryLearnAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        try
        {
            return await LearnAsync(snapshot, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return new RankerResult(RankerReport.Without($"impressions can't be read: {e.Message}"));
        }
    }

    private async Task<RankerResult> LearnAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        var settings = options.Ranker;
        var archive = ArchiveCatalog.Load(storage.ArchivePath, IsIn(snapshot));
        var data = await new RankerReader(archive, snapshot.Events, settings).ReadAsync(snapshot.TakenAt, cancellationToken);
        if (data.Count < settings.MinImpressions)
            return new RankerResult(RankerReport.Without(string.Create(
                CultureInfo.InvariantCulture, $"{data.Count} impressions with known outcomes so far; the plain blend ranks until there are {settings.MinImpressions}")));
        var begin = data.CutAt(1 - settings.TestFraction);
        var (ranker, passes, lines) = RankerRecipe.Fit(data, begin, Seed, cancellationToken);
        var report = new RankerJudge(settings, options.Gate).Judge(ranker, data, begin);
        if (!report.IsUsed) return new RankerResult(report);
        var graph = RankerGraph.Create(RankerRecipe.Refit(data, passes, lines, Seed, cancellationToken).Network);
        var origin = new RankerOrigin(RankerFeatures.Version, data.Count, snapshot.TakenAt, RangesOf(archive), RankerSettings.ToText(settings));
        return new RankerResult(report, graph, origin);
    }

    /// <summary>Events that came after the snapshot are left out, so that the manifest's offsets say all that was read.</summary>
    private static Func<ArchiveFile, bool> IsIn(Snapshot snapshot)
    {
        var ranges = new Rebuilding.ManifestRanges(snapshot.Ranges);
        return file => file.Type == Impressions || ranges.Has(file);
    }

    private static SortedDictionary<string, string> RangesOf(ArchiveCatalog archive)
    {
        var ranges = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (log, type, partition, from, to) in archive.Ranges)
            if (type == Impressions) ranges[string.Create(CultureInfo.InvariantCulture, $"{log}/{type}/{partition}")] = string.Create(CultureInfo.InvariantCulture, $"{from}-{to}");
        return ranges;
    }
}

internal static partial class RankerStageLog
{
    [LoggerMessage(EventId = 6127, EventName = "RankerJudged", Level = LogLevel.Information, Message = "The ranker {Outcome}: {Verdict}")]
    public static partial void Judged(ILogger logger, string outcome, string verdict);
}
