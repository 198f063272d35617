using System.Text.Json;
using Recommender.Contracts.Json;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Standalone.Experiments;

/// <summary>
/// Joins the archive's impressions with what viewers did: an event belongs to the impression of its <c>request_id</c> and video. Each impression
/// has each outcome at most once, whatever is sent again. Memory: some 50 bytes per impression and a line per viewer.
/// </summary>
internal sealed class ExperimentLog(string layer)
{
    private static readonly string[] s_outcomes = ["view", "like", "share"];

    private readonly Dictionary<ulong, Shown> _shown = [];
    private readonly SortedDictionary<string, ArmTally> _arms = new(StringComparer.Ordinal);
    private readonly HashSet<string> _layers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _armsOfViewers = new(StringComparer.Ordinal);

    /// <summary>Tallies by arm of the layer.</summary>
    public IReadOnlyDictionary<string, ArmTally> Arms => _arms;

    /// <summary>Layers that are named in the impressions.</summary>
    public IReadOnlyCollection<string> Layers => _layers;

    /// <summary>Viewers who were in more than one arm; their later impressions count in the first.</summary>
    public HashSet<string> Moved { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads all of an archive.</summary>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public async Task ReadAsync(string root, CancellationToken cancellationToken)
    {
        var archive = ArchiveCatalog.Load(root);
        foreach (var file in archive.Files("impression")) await ArchiveRows.ReadAsync(root, file, Show, cancellationToken);
        foreach (var file in archive.Files(s_outcomes)) await ArchiveRows.ReadAsync(root, file, Count, cancellationToken);
    }

    /// <summary>Takes an impression in.</summary>
    public void Show(ReadOnlySpan<byte> row)
    {
        var impression = JsonSerializer.Deserialize(row, RecordJson.Default.Impression);
        if (impression?.ExperimentArm is not { Length: > 0 } named || ArmIn(named) is not { } arm) return;
        if (!_armsOfViewers.TryAdd(impression.UserId, arm) && _armsOfViewers[impression.UserId] != arm) Moved.Add(impression.UserId);
        arm = _armsOfViewers[impression.UserId];
        // The same impression may be in the log twice.
        if (!_shown.TryAdd(KeyOf(impression.RequestId, impression.VideoId), new Shown(arm, impression.UserId, 0))) return;
        if (!_arms.TryGetValue(arm, out var tally)) _arms[arm] = tally = new ArmTally();
        tally.Show(impression.UserId);
    }

    /// <summary>Takes an event in.</summary>
    public void Count(ReadOnlySpan<byte> row)
    {
        var read = EventJson.Parse(row);
        if (read.RequestId.Length == 0) return;
        var key = KeyOf(read.RequestId, read.VideoId);
        if (!_shown.TryGetValue(key, out var shown) || shown.UserId != read.UserId) return;
        var outcome = read.Type switch
        {
            EventType.View => Outcome.View,
            EventType.Like => Outcome.Like,
            EventType.Share => Outcome.Share,
            _ => (Outcome?)null,
        };
        if (outcome is not { } known || (shown.Had & (1 << (int)known)) != 0) return;
        _shown[key] = shown with { Had = shown.Had | (1 << (int)known) };
        _arms[shown.Arm].Add(shown.UserId, known, 1);
        if (read.WatchTime is { } watched) _arms[shown.Arm].Add(shown.UserId, Outcome.WatchSeconds, watched.ToTimeSpan().TotalSeconds);
    }

    /// <summary>The arm of the layer in a list such as <c>order=control,fresh=more</c>; null when the layer is not in it.</summary>
    private string? ArmIn(string named)
    {
        string? found = null;
        foreach (var part in named.Split(','))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at < 0) continue;
            _layers.Add(part[..at]);
            if (part[..at] == layer) found = part[(at + 1)..];
        }
        return found;
    }

    private static ulong KeyOf(string requestId, string videoId) => StableHash.Of(requestId + "\n" + videoId);

    private readonly record struct Shown(string Arm, string UserId, int Had);
}
