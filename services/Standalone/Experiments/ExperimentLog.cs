using System.Text.Json;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Archive.Keeping;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Inspect;
using Recommender.V1;

namespace Recommender.Standalone.Experiments;

/// <summary>
/// What the arms of a layer were shown and what came of it, from the archive or the topics (<see cref="ImpressionJoin{T}"/>). Memory: some 50 bytes per impression
/// and a line per viewer.
/// </summary>
internal sealed class ExperimentLog(string layer)
{
    private static readonly string[] s_outcomes = ["view", "like", "share"];

    private readonly ImpressionJoin<string> _shown = new();
    private readonly SortedDictionary<string, ArmTally> _arms = new(StringComparer.Ordinal);
    private readonly HashSet<string> _layers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _armsOfViewers = new(StringComparer.Ordinal);

    /// <summary>Tallies by arm of the layer.</summary>
    public IReadOnlyDictionary<string, ArmTally> Arms => _arms;

    /// <summary>Layers that are named in the impressions.</summary>
    public IReadOnlyCollection<string> Layers => _layers;

    /// <summary>Viewers who were in more than one arm; their later impressions count in the first.</summary>
    public HashSet<string> Moved { get; } = new(StringComparer.Ordinal);

    /// <summary>Records of the topics that are no impressions or events.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Reads all of an archive.</summary>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public async Task ReadAsync(string root, CancellationToken cancellationToken)
    {
        var archive = ArchiveCatalog.Load(root);
        foreach (var file in archive.Files("impression")) await ArchiveRows.ReadAsync(root, file, Show, cancellationToken);
        foreach (var file in archive.Files(s_outcomes)) await ArchiveRows.ReadAsync(root, file, Count, cancellationToken);
    }

    /// <summary>
    /// Reads all that the topics hold. As in the archive, what a viewer did before asking to be forgotten counts no more; what is no impression or event is
    /// left out, since anybody may write to a topic.
    /// </summary>
    /// <exception cref="CommandFailure">Kafka or a topic is not there.</exception>
    public async Task ReadAsync(ServerAddress kafka, CancellationToken cancellationToken)
    {
        var wishes = new ErasureTable();
        await TopicRows.ReadAsync(kafka, Topics.Erasure, row => wishes.TryAdd(row), cancellationToken);
        var screen = new RowScreen(wishes);
        await TopicRows.ReadAsync(kafka, Topics.Impression, row => Take(row, Show), cancellationToken);
        foreach (var topic in (string[])[Topics.View, Topics.Like, Topics.Share]) await TopicRows.ReadAsync(kafka, topic, row => Take(row, Count), cancellationToken);

        void Take(byte[] row, Action<ReadOnlySpan<byte>> into)
        {
            if (screen.IsForgotten(row)) return;
            try
            {
                into(row);
            }
            catch (Exception e) when (e is JsonException or FormatException)
            {
                Unreadable++;
            }
        }
    }

    /// <summary>Takes an impression in.</summary>
    public void Show(ReadOnlySpan<byte> row)
    {
        var impression = JsonSerializer.Deserialize(row, RecordJson.Default.Impression);
        if (impression?.ExperimentArm is not { Length: > 0 } named || ArmIn(named) is not { } arm) return;
        if (!_armsOfViewers.TryAdd(impression.UserId, arm) && _armsOfViewers[impression.UserId] != arm) Moved.Add(impression.UserId);
        arm = _armsOfViewers[impression.UserId];
        if (!_shown.TryShow(impression, arm)) return;
        if (!_arms.TryGetValue(arm, out var tally)) _arms[arm] = tally = new ArmTally();
        tally.Show(impression.UserId);
    }

    /// <summary>Takes an event in.</summary>
    public void Count(ReadOnlySpan<byte> row)
    {
        if (!_shown.TryJoin(row, out var happened, out _, out var arm)) return;
        var outcome = happened.Type switch
        {
            EventType.View => Outcome.View,
            EventType.Like => Outcome.Like,
            EventType.Share => Outcome.Share,
            _ => (Outcome?)null,
        };
        if (outcome is not { } known) return;
        _arms[arm].Add(happened.UserId, known, 1);
        if (happened.WatchTime is { } watched) _arms[arm].Add(happened.UserId, Outcome.WatchSeconds, watched.ToTimeSpan().TotalSeconds);
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
}
