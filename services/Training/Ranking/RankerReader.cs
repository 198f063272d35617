using System.Text.Json;
using Recommender.Contracts.Json;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Online;
using Recommender.Modeling.Ranking;
using Recommender.Training.Dataset;
using Recommender.V1;

namespace Recommender.Training.Ranking;

/// <summary>
/// Reads what the ranker learns from: archived impressions with the features that they were ranked by, joined with what came of them within
/// <see cref="RankerOptions.OutcomeWindow"/>. Younger ones, whose outcomes may be on their way, wait for the next run.
/// </summary>
/// <param name="archive">The files that there are.</param>
/// <param name="events">The videos and their durations.</param>
/// <param name="options">Window and bounds.</param>
internal sealed class RankerReader(ArchiveCatalog archive, EventDataset events, RankerOptions options)
{
    private static readonly string[] s_outcomes = ["view", "like", "share", "feedback"];
    private readonly ImpressionTable _table = new();
    private readonly ImpressionJoin<int> _join = new();
    private readonly ErasureTable _erasures = new();
    private readonly string[] _videos = [.. events.Videos];

    /// <summary>Reads.</summary>
    /// <param name="takenAt">The moment from which the window counts back.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public async Task<RankerData> ReadAsync(DateTimeOffset takenAt, CancellationToken cancellationToken)
    {
        var (files, share) = Newest();
        if (files.Count == 0) return _table.ToData();
        foreach (var file in archive.Files("erasure")) await ArchiveRows.ReadAsync(archive.Root, file, row => _erasures.TryAdd(row), cancellationToken);
        var until = takenAt - options.OutcomeWindow;
        foreach (var file in files) await ArchiveRows.ReadAsync(archive.Root, file, row => Show(row, share, until), cancellationToken);
        var since = files.Min(f => f.Day);
        if (_table.Count > 0)
            foreach (var file in archive.Files(s_outcomes).Where(f => f.Day >= since.AddDays(-1))) await ArchiveRows.ReadAsync(archive.Root, file, Join, cancellationToken);
        return _table.ToData();
    }

    /// <summary>The impressions of as many of the newest days as the limit needs, and the share of their answers that keeps to it.</summary>
    private (List<ArchiveFile> Files, double Share) Newest()
    {
        var (files, impressions) = (new List<ArchiveFile>(), 0L);
        foreach (var day in archive.Files("impression").GroupBy(f => f.Day).OrderByDescending(d => d.Key))
        {
            if (impressions >= options.MaxImpressions) break;
            files.AddRange(day);
            // A batch is cut by days, so its offsets may count for several: then the share is a little too small.
            impressions += day.Sum(f => f.To - f.From + 1);
        }
        return (files, impressions > 0 ? Math.Min(1, (double)options.MaxImpressions / impressions) : 1);
    }

    private void Show(ReadOnlySpan<byte> row, double share, DateTimeOffset until)
    {
        if (row.IndexOf("\"feature_version\""u8) < 0 || TryRead(row) is not { } impression) return;
        if (impression.FeatureVersion != RankerFeatures.Version || impression.Features?.Count != RankerFeatures.Count || impression.Position < 0) return;
        if (impression.ShownAt > until || impression.ShownAt.ToUnixTimeMilliseconds() <= _erasures.RequestOf(impression.UserId)) return;
        if (share < 1 && StableHash.Of(impression.RequestId) / (double)ulong.MaxValue >= share) return;
        if (impression.Features.All(float.IsFinite) && _join.TryShow(impression, _table.Count)) _table.Add(impression);
    }

    private void Join(ReadOnlySpan<byte> row)
    {
        try
        {
            if (!_join.TryJoin(row, out var happened, out var at, out var number)) return;
            var shownAt = _table.ShownAt(number);
            if (at >= shownAt && at <= shownAt + options.OutcomeWindow) _table.Happened(number, happened.Type, WatchedPart(happened));
        }
        catch (FormatException)
        {
            // The snapshot has counted unreadable rows and told of them.
        }
    }

    private float WatchedPart(Event happened)
    {
        if (happened.Type != EventType.View) return 0;
        var video = Array.BinarySearch(_videos, happened.VideoId, StringComparer.Ordinal);
        if (video < 0 || !(events.Durations[video] > 0) || happened.WatchTime is not { } watched) return float.NaN;
        return (float)Math.Clamp(watched.ToTimeSpan().TotalSeconds / events.Durations[video], 0, 1);
    }

    private static Impression? TryRead(ReadOnlySpan<byte> row)
    {
        try
        {
            return JsonSerializer.Deserialize(row, RecordJson.Default.Impression);
        }
        catch (JsonException)
        {
            // Whoever wrote it said something else; what counts is that there are enough others.
            return null;
        }
    }
}
