using System.Runtime.InteropServices;
using System.Text.Json;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Archive.Keeping;
using Recommender.Hosting.Objects;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Standalone.Dataset;

/// <summary>Reads an archive into events and examples. Retries count once; forgotten viewers are left out.</summary>
internal sealed class PointInTimeInput
{
    private readonly Ids _users = new();
    private readonly Ids _videos = new();
    private readonly HashSet<ulong> _seen = [];
    private readonly Dictionary<ulong, Example> _shown = [];
    private readonly List<(ulong Shown, int User, EventType Type, long WatchedMs)> _outcomes = [];
    private readonly bool _ofImpressions;
    private readonly ErasureTable _erasures;

    private PointInTimeInput(bool ofImpressions, ErasureTable erasures) => (_ofImpressions, _erasures) = (ofImpressions, erasures);

    /// <summary>Ids of viewers by number.</summary>
    public IReadOnlyList<string> Users => _users.Texts;

    /// <summary>Ids of videos by number.</summary>
    public IReadOnlyList<string> Videos => _videos.Texts;

    /// <summary>What happened.</summary>
    public List<KnownEvent> Events { get; } = [];

    /// <summary>What to learn from.</summary>
    public List<Example> Examples { get; } = [];

    /// <summary>Rows that could not be read.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Reads all of an archive.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="ofImpressions">Whether examples are the impressions; otherwise they are the views.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static PointInTimeInput Read(IObjectStore place, bool ofImpressions, CancellationToken cancellationToken)
    {
        var archive = ArchiveCatalog.Load(place, cancellationToken: cancellationToken);
        var input = new PointInTimeInput(ofImpressions, ErasureLog.Read(archive).Table);
        foreach (var file in archive.Files(ArchiveFile.TypeOf(Topics.Impression))) Read(file, input.TakeImpression);
        foreach (var file in archive.Files([.. Topics.Events.Select(ArchiveFile.TypeOf)])) Read(file, input.TakeEvent);
        input.JoinOutcomes();
        return input;

        void Read(ArchiveFile file, ArchiveRowHandler take)
        {
            using var copy = place.Borrow(file.RelativePath, cancellationToken);
            ArchiveRows.Read(copy.Path, take, cancellationToken);
        }
    }

    private void TakeImpression(ReadOnlySpan<byte> row)
    {
        Impression? shown;
        try
        {
            shown = JsonSerializer.Deserialize(row, RecordJson.Default.Impression);
        }
        catch (JsonException)
        {
            shown = null;
        }
        if (shown is not { UserId.Length: > 0, VideoId.Length: > 0 })
        {
            Unreadable++;
            return;
        }
        var at = shown.ShownAt.ToUnixTimeMilliseconds();
        var key = KeyOf(shown.RequestId, shown.VideoId);
        if (_erasures.RequestOf(shown.UserId) >= at || !_seen.Add(KeyOf("impression", $"{key}"))) return;
        var (user, video) = (_users.NumberOf(shown.UserId), _videos.NumberOf(shown.VideoId));
        Events.Add(new KnownEvent(user, video, EventType.Unspecified, at, at, 0));
        if (!_ofImpressions) return;
        var example = new Example(at, user, video, shown.RequestId, shown.Position, shown.Source, shown.Propensity);
        Examples.Add(example);
        _shown[key] = example;
    }

    private void TakeEvent(ReadOnlySpan<byte> row)
    {
        Event e;
        Google.Protobuf.WellKnownTypes.Timestamp? received;
        try
        {
            e = EventJson.Parse(row, out received);
        }
        catch (FormatException)
        {
            Unreadable++;
            return;
        }
        if (e.OccurredAt is null)
        {
            Unreadable++;
            return;
        }
        var at = e.OccurredAt.ToDateTimeOffset().ToUnixTimeMilliseconds();
        var taken = received?.ToDateTimeOffset().ToUnixTimeMilliseconds() ?? at;
        if (_erasures.RequestOf(e.UserId) >= Math.Min(at, taken)) return;
        if (e.EventId.Length > 0 && !_seen.Add(KeyOf(e.UserId, e.EventId))) return;
        // It is about no video, so there is nothing to join it with.
        if (EventTypes.IsOfAuthor(e.Type)) return;
        var watched = (long)(e.WatchTime?.ToTimeSpan().TotalMilliseconds ?? 0);
        var (user, video) = (_users.NumberOf(e.UserId), _videos.NumberOf(e.VideoId));
        Events.Add(new KnownEvent(user, video, e.Type, at, Math.Max(at, taken), watched));
        if (_ofImpressions && e.RequestId.Length > 0) _outcomes.Add((KeyOf(e.RequestId, e.VideoId), user, e.Type, watched));
        if (_ofImpressions || e.Type != EventType.View) return;
        var example = new Example(at, user, video, e.RequestId, e.Position, "", 0);
        example.Take(EventType.View, watched);
        Examples.Add(example);
    }

    private void JoinOutcomes()
    {
        foreach (var (shown, user, type, watched) in _outcomes)
            if (_shown.TryGetValue(shown, out var example) && example.User == user) example.Take(type, watched);
        _outcomes.Clear();
    }

    private static ulong KeyOf(string scope, string id) => StableHash.Of(string.Concat(scope, "\n", id));

    private sealed class Ids
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
        private readonly List<string> _texts = [];

        public IReadOnlyList<string> Texts => _texts;

        public int NumberOf(string id)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, id, out var known);
            if (known) return number;
            number = _texts.Count;
            _texts.Add(id);
            return number;
        }
    }
}
