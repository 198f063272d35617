using Recommender.Training.Dataset;

namespace Recommender.Tests.Unit.Training.Dataset;

/// <summary>What a dataset must be, worked out one object per event.</summary>
internal sealed class SlowDataset
{
    private SlowDataset(string[] viewers, string[] videos, string[][] events) => (Viewers, Videos, Events) = (viewers, videos, events);

    public string[] Viewers { get; }

    public string[] Videos { get; }

    /// <summary>Per viewer the events in order, as text.</summary>
    public string[][] Events { get; }

    public static SlowDataset Of(IEnumerable<string> rows, ISet<string> deleted, IReadOnlyDictionary<string, long> erased)
    {
        var reader = new EventRowReader();
        var all = new List<Row>();
        foreach (var row in rows)
        {
            if (!reader.TryRead(RandomRows.BytesOf(row))) continue;
            var made = new Row(reader.UserId.ToString(), reader.VideoId.ToString(), reader.OccurredAtMs, (byte)reader.Signal, Kept(reader.WatchSeconds), reader.EventIdHash);
            if (deleted.Contains(made.Video)) continue;
            if (erased.TryGetValue(made.User, out var request) && Math.Min(reader.OccurredAtMs, reader.ReceivedAtMs) <= request) continue;
            all.Add(made);
        }
        var viewers = all.Select(r => r.User).Distinct().Order(StringComparer.Ordinal).ToArray();
        var videos = all.Select(r => r.Video).Distinct().Order(StringComparer.Ordinal).ToArray();
        var events = viewers.Select((viewer, number) => all.Where(r => r.User == viewer)
            .OrderBy(r => r.Time).ThenBy(r => Draw(number, Array.IndexOf(videos, r.Video))).ThenBy(r => Array.IndexOf(videos, r.Video))
            .ThenBy(r => r.Signal).ThenBy(r => r.Watch).GroupBy(r => r.Id == 0 ? new object() : r.Id).Select(g => g.First().ToString()).ToArray()).ToArray();
        return new SlowDataset(viewers, videos, events);
    }

    public static SlowDataset Of(EventDataset data) => new(
        [.. data.Viewers], [.. data.Videos],
        [.. data.Viewers.Select((viewer, number) =>
        {
            var events = data.Events(number);
            var texts = new string[events.Length];
            for (var i = 0; i < texts.Length; i++)
                texts[i] = new Row(viewer, data.Videos[events.Videos[i]], events.Times[i], events.Signals[i], events.WatchSeconds[i], 0).ToString();
            return texts;
        })]);

    // Watch times are rounded before anything else looks at them.
    private static float Kept(float seconds) => EventWord.SecondsOf(EventWord.Of(0, seconds));

    private static ulong Draw(int viewer, int video)
    {
        var z = (((ulong)(uint)viewer << 32) | (uint)video) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 32)) * 0xD6E8FEB86659FD93;
        return z ^ (z >> 32);
    }

    private sealed record Row(string User, string Video, long Time, byte Signal, float Watch, ulong Id)
    {
        public override string ToString() => FormattableString.Invariant($"{User} {Video} {Time} {Signal} {Watch:R}");
    }
}
