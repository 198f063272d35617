using System.Runtime.InteropServices;
using Recommender.Modeling.Sparse;

namespace Recommender.Training.Dataset;

/// <summary>
/// Collects events row by row into columns (29 bytes an event) and puts them into an order that depends on nothing but their content.
/// Events with the same id of one viewer are retries of one event: the earliest counts. Not safe for concurrent use.
/// </summary>
internal sealed class EventDatasetBuilder(VideoTable catalog, ErasureTable erasures)
{
    private readonly IdIndex _viewers = new();
    private readonly IdIndex _videos = new();
    private readonly List<int> _viewerOf = [];
    private readonly List<int> _videoOf = [];
    private readonly List<long> _times = [];
    private readonly List<float> _watchSeconds = [];
    private readonly List<byte> _signals = [];
    private readonly List<ulong> _eventIds = [];

    /// <summary>Events left out since their video was deleted.</summary>
    public long OfDeletedVideos { get; private set; }

    /// <summary>Events left out since their viewer asked to be forgotten.</summary>
    public long OfErasedViewers { get; private set; }

    /// <summary>Events left out since they are retries; known after <see cref="Build"/>.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Takes the row that was read last.</summary>
    public void Add(EventRowReader row)
    {
        if (catalog.IsDeleted(row.VideoId))
        {
            OfDeletedVideos++;
            return;
        }
        if (erasures.Covers(row.UserId, row.OccurredAtMs, row.ReceivedAtMs))
        {
            OfErasedViewers++;
            return;
        }
        _viewerOf.Add(_viewers.Add(row.UserId));
        _videoOf.Add(_videos.Add(row.VideoId));
        _times.Add(row.OccurredAtMs);
        _watchSeconds.Add(row.WatchSeconds);
        _signals.Add((byte)row.Signal);
        _eventIds.Add(row.EventIdHash);
    }

    /// <summary>The events in canonical order..</summary>
    public EventDataset Build(CancellationToken cancellationToken)
    {
        var (viewers, viewerRank) = InOrderOfIds(_viewers);
        var (videos, videoRank) = InOrderOfIds(_videos);
        foreach (ref var viewer in CollectionsMarshal.AsSpan(_viewerOf)) viewer = viewerRank[viewer];
        foreach (ref var video in CollectionsMarshal.AsSpan(_videoOf)) video = videoRank[video];

        var (starts, order) = GroupByViewer(viewers.Length);
        var kept = new int[_times.Count];
        var offsets = new long[viewers.Length + 1];
        var count = 0;
        var ids = new HashSet<ulong>();
        for (var viewer = 0; viewer < viewers.Length; viewer++)
        {
            if (viewer % 4096 == 0) cancellationToken.ThrowIfCancellationRequested();
            var events = order.AsSpan(starts[viewer], starts[viewer + 1] - starts[viewer]);
            events.Sort(Compare);
            ids.Clear();
            foreach (var e in events)
                if (_eventIds[e] == 0 || ids.Add(_eventIds[e])) kept[count++] = e;
            offsets[viewer + 1] = count;
        }
        Duplicates = _times.Count - count;
        return new EventDataset(
            viewers, videos, Array.ConvertAll(videos, catalog.DurationOf), offsets,
            Pick(_videoOf, kept, count), Pick(_times, kept, count), Pick(_watchSeconds, kept, count), Pick(_signals, kept, count));
    }

    /// <summary>
    /// By time. Where a device's clock says the same, by a number drawn from viewer and video, since any rule by video alone would prefer the
    /// same videos for everybody; then what is left, so that only equal events are level.
    /// </summary>
    private int Compare(int a, int b)
    {
        var result = _times[a].CompareTo(_times[b]);
        if (result == 0) result = Draw(a).CompareTo(Draw(b));
        if (result == 0) result = _videoOf[a].CompareTo(_videoOf[b]);
        if (result == 0) result = _signals[a].CompareTo(_signals[b]);
        if (result == 0) result = _watchSeconds[a].CompareTo(_watchSeconds[b]);
        return result;
    }

    private ulong Draw(int e)
    {
        var z = (((ulong)(uint)_viewerOf[e] << 32) | (uint)_videoOf[e]) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 32)) * 0xD6E8FEB86659FD93;
        return z ^ (z >> 32);
    }

    private (int[] Starts, int[] Order) GroupByViewer(int viewers)
    {
        var starts = new int[viewers + 1];
        foreach (var viewer in _viewerOf) starts[viewer + 1]++;
        for (var v = 0; v < viewers; v++) starts[v + 1] += starts[v];
        var order = new int[_viewerOf.Count];
        var next = starts.AsSpan(0, viewers).ToArray();
        for (var e = 0; e < order.Length; e++) order[next[_viewerOf[e]]++] = e;
        return (starts, order);
    }

    private static (string[] Ids, int[] Rank) InOrderOfIds(IdIndex index)
    {
        var ids = index.Ids.ToArray();
        var numbers = new int[ids.Length];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = i;
        Array.Sort(ids, numbers, StringComparer.Ordinal);
        var rank = new int[ids.Length];
        for (var i = 0; i < numbers.Length; i++) rank[numbers[i]] = i;
        return (ids, rank);
    }

    private static T[] Pick<T>(List<T> column, int[] kept, int count)
    {
        var picked = new T[count];
        for (var i = 0; i < count; i++) picked[i] = column[kept[i]];
        column.Clear();
        column.TrimExcess();
        return picked;
    }
}
