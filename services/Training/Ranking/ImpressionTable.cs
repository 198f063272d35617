using System.Runtime.InteropServices;
using Recommender.Contracts.Json;
using Recommender.Hosting.Online;
using Recommender.Modeling.Ranking;
using Recommender.V1;

namespace Recommender.Training.Ranking;

/// <summary>
/// Impressions with their features and outcomes in the making. Of an answer only what stands no lower than the last video with which the viewer did
/// something is kept: what comes after was hardly seen, and says nothing about liking.
/// </summary>
internal sealed class ImpressionTable
{
    private readonly List<Row> _rows = [];
    private readonly List<float> _features = [];
    private readonly Dictionary<ulong, int> _requests = [];
    private readonly List<int> _lastTouched = [];
    private readonly Dictionary<ulong, int> _viewers = [];

    /// <summary>Number of impressions taken in.</summary>
    public int Count => _rows.Count;

    /// <summary>Takes an impression in.</summary>
    /// <returns>Its number.</returns>
    public int Add(Impression impression)
    {
        var request = NumberOf(_requests, StableHash.Of(impression.RequestId));
        if (request == _lastTouched.Count) _lastTouched.Add(-1);
        var viewer = NumberOf(_viewers, StableHash.Of(impression.UserId));
        _rows.Add(new Row(request, viewer, impression.Position, impression.ShownAt.ToUnixTimeMilliseconds()));
        _features.AddRange(impression.Features!);
        return _rows.Count - 1;
    }

    /// <summary>When an impression was shown.</summary>
    public DateTimeOffset ShownAt(int number) => DateTimeOffset.FromUnixTimeMilliseconds(_rows[number].ShownAtMs);

    /// <summary>Takes note of what the viewer did with it.</summary>
    /// <param name="number">The impression.</param>
    /// <param name="type">What it was.</param>
    /// <param name="watched">Of a view: the part that was watched, 0 to 1; not a number when nobody knows.</param>
    public void Happened(int number, EventType type, float watched)
    {
        ref var row = ref CollectionsMarshal.AsSpan(_rows)[number];
        _lastTouched[row.Request] = Math.Max(_lastTouched[row.Request], row.Position);
        switch (type)
        {
            case EventType.View: row.Watched = watched; break;
            case EventType.Like: row.IsLiked = true; break;
            case EventType.Unlike: row.IsTakenBack = true; break;
            case EventType.Share: row.IsShared = true; break;
        }
    }

    /// <summary>What was looked at, in the order of time.</summary>
    public RankerData ToData()
    {
        int[] kept = [.. Enumerable.Range(0, _rows.Count).Where(i => _rows[i].Position <= _lastTouched[_rows[i].Request])];
        Array.Sort(kept, (a, b) =>
        {
            var byTime = _rows[a].ShownAtMs.CompareTo(_rows[b].ShownAtMs);
            var byRequest = byTime != 0 ? byTime : _rows[a].Request.CompareTo(_rows[b].Request);
            return byRequest != 0 ? byRequest : _rows[a].Position.CompareTo(_rows[b].Position);
        });
        var width = RankerFeatures.Count;
        var (features, outcomes) = (new float[kept.Length * width], new float[kept.Length * OutcomeWeights.Count]);
        var (positions, requests, viewers) = (new int[kept.Length], new int[kept.Length], new int[kept.Length]);
        var all = CollectionsMarshal.AsSpan(_features);
        var request = -1;
        for (var i = 0; i < kept.Length; i++)
        {
            var row = _rows[kept[i]];
            all.Slice(kept[i] * width, width).CopyTo(features.AsSpan(i * width));
            outcomes[i * OutcomeWeights.Count] = row is { IsLiked: true, IsTakenBack: false } ? 1 : 0;
            outcomes[(i * OutcomeWeights.Count) + 1] = row.IsShared ? 1 : 0;
            outcomes[(i * OutcomeWeights.Count) + 2] = row.Watched;
            if (i == 0 || row.Request != _rows[kept[i - 1]].Request) request++;
            (positions[i], requests[i], viewers[i]) = (row.Position, request, row.Viewer);
        }
        return new RankerData(features, outcomes, positions, requests, viewers);
    }

    private static int NumberOf(Dictionary<ulong, int> numbers, ulong hash)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, hash, out var isKnown);
        if (!isKnown) number = numbers.Count - 1;
        return number;
    }

    private record struct Row(int Request, int Viewer, int Position, long ShownAtMs)
    {
        public bool IsLiked;
        public bool IsTakenBack;
        public bool IsShared;
        public float Watched;
    }
}
