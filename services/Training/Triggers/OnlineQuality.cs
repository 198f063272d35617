using System.Text.Json;
using Recommender.Contracts.Json;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Weights;
using Recommender.Training.Dataset;

namespace Recommender.Training.Triggers;

/// <summary>How well what a model showed was taken up, in its first days and lately.</summary>
/// <param name="Baseline">Impressions of the first days.</param>
/// <param name="BaselineRate">Share of them that were hits.</param>
/// <param name="Recent">Impressions lately.</param>
/// <param name="RecentRate">Share of them that were hits.</param>
/// <param name="Change">Mean change of the rate per viewer, with its bootstrap interval.</param>
internal sealed record OnlineQuality(long Baseline, double BaselineRate, long Recent, double RecentRate, BootstrapInterval Change);

/// <summary>
/// Joins archived impressions of the live model with what their viewers did with the same video afterwards. A hit is a like, share or follow, or
/// a view of at least half the video (ten seconds when nobody knows how long it is), within a quarter of the window, and a day at most. What was shown so lately
/// that this time is not over does not count: it would seem to be taken up less than what was shown in the first days only because its viewers have not answered yet.
/// </summary>
internal sealed class OnlineQualityReader(StorageOptions storage, TriggerOptions options)
{
    private const double WatchedShare = 0.5;
    private const float WatchedSeconds = 10;
    private static readonly TimeSpan s_longestPatience = TimeSpan.FromDays(1);
    private static readonly string[] s_events = ["view", "like", "share", "feedback"];

    /// <summary>Measures both times; null when they overlap or one has too few impressions.</summary>
    /// <param name="version">The live version.</param>
    /// <param name="liveSince">When it went live.</param>
    /// <param name="now">The present.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public async Task<OnlineQuality?> ReadAsync(string version, DateTimeOffset liveSince, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (baselineEnd, recentBegin) = (liveSince + options.QualityBaseline, now - options.QualityWindow);
        if (recentBegin < baselineEnd) return null;
        var patience = Math.Min((options.QualityWindow / 4).Ticks, s_longestPatience.Ticks) / TimeSpan.TicksPerMillisecond;
        var recentEnd = now.AddMilliseconds(-patience);
        var archive = ArchiveCatalog.Load(storage.ArchivePath);
        var shown = new Dictionary<(string User, string Video), List<Shown>>();
        foreach (var file in archive.Files("impression").Where(f => IsNear(f.Day, liveSince, baselineEnd) || IsNear(f.Day, recentBegin, now)))
            await ArchiveRows.ReadAsync(archive.Root, file, Show, cancellationToken);
        if (shown.Count == 0) return null;
        var videos = new VideoTable();
        foreach (var file in archive.FilesByLog("catalog"))
            await ArchiveRows.ReadAsync(archive.Root, file, row => videos.TryAdd(row, ArchivedCatalogRow.AgeOf(row, file)), cancellationToken);
        var reader = new EventRowReader();
        foreach (var file in archive.Files(s_events).Where(f => IsNear(f.Day, liveSince, baselineEnd) || IsNear(f.Day, recentBegin, now)))
            await ArchiveRows.ReadAsync(archive.Root, file, Hit, cancellationToken);
        return Compare(shown);

        void Show(ReadOnlySpan<byte> row)
        {
            var impression = TryRead(row);
            if (impression is null || impression.ModelVersion != version) return;
            var isRecent = impression.ShownAt >= recentBegin;
            if (isRecent && impression.ShownAt >= recentEnd) return;
            if (!isRecent && (impression.ShownAt < liveSince || impression.ShownAt >= baselineEnd)) return;
            var key = (impression.UserId, impression.VideoId);
            if (!shown.TryGetValue(key, out var times)) shown[key] = times = [];
            times.Add(new Shown(impression.ShownAt.ToUnixTimeMilliseconds(), isRecent));
        }

        void Hit(ReadOnlySpan<byte> row)
        {
            if (!reader.TryRead(row) || !shown.TryGetValue((reader.UserId.ToString(), reader.VideoId.ToString()), out var times) || !IsHit(reader, videos)) return;
            foreach (var time in times)
                if (reader.OccurredAtMs >= time.AtMs && reader.OccurredAtMs < time.AtMs + patience) time.IsHit = true;
        }
    }

    private static bool IsHit(EventRowReader e, VideoTable videos)
    {
        if (e.Signal is Signal.Like or Signal.Share or Signal.Follow) return true;
        if (e.Signal != Signal.View) return false;
        var duration = videos.DurationOf(e.VideoId.ToString());
        return duration > 0 ? e.WatchSeconds >= WatchedShare * duration : e.WatchSeconds >= WatchedSeconds;
    }

    private OnlineQuality? Compare(Dictionary<(string User, string Video), List<Shown>> shown)
    {
        var viewers = new Dictionary<string, Counts>(StringComparer.Ordinal);
        foreach (var (key, times) in shown)
        {
            if (!viewers.TryGetValue(key.User, out var counts)) viewers[key.User] = counts = new Counts();
            foreach (var time in times) counts.Add(time);
        }
        long Sum(Func<Counts, long> of) => viewers.Values.Sum(of);
        var (baseline, recent) = (Sum(c => c.Baseline), Sum(c => c.Recent));
        if (baseline < options.MinImpressions || recent < options.MinImpressions) return null;
        var (before, now) = (Sum(c => c.BaselineHits) / (double)baseline, Sum(c => c.RecentHits) / (double)recent);
        // Viewers, not impressions, are independent of each other: what each one adds to the change of the rate is resampled.
        var change = Bootstrap.OfMean([.. viewers.Values.Select(c => viewers.Count * (((c.RecentHits - (now * c.Recent)) / recent) - ((c.BaselineHits - (before * c.Baseline)) / baseline)))]);
        return new OnlineQuality(baseline, before, recent, now, new BootstrapInterval(now - before, now - before + change.Low, now - before + change.High));
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

    /// <summary>Files are kept by the day of their rows; what follows an impression may be a day later.</summary>
    private static bool IsNear(DateOnly day, DateTimeOffset from, DateTimeOffset to) =>
        day >= DateOnly.FromDateTime(from.UtcDateTime) && day <= DateOnly.FromDateTime(to.UtcDateTime).AddDays(1);

    private sealed class Shown(long atMs, bool isRecent)
    {
        public long AtMs => atMs;

        public bool IsRecent => isRecent;

        public bool IsHit { get; set; }
    }

    private sealed class Counts
    {
        public long Baseline { get; private set; }

        public long BaselineHits { get; private set; }

        public long Recent { get; private set; }

        public long RecentHits { get; private set; }

        public void Add(Shown shown)
        {
            if (shown.IsRecent) (Recent, RecentHits) = (Recent + 1, RecentHits + (shown.IsHit ? 1 : 0));
            else (Baseline, BaselineHits) = (Baseline + 1, BaselineHits + (shown.IsHit ? 1 : 0));
        }
    }
}
