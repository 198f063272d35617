using Recommender.Hosting.Archive;

namespace Recommender.Training.Dataset;

/// <summary>
/// Collects events file by file (24 bytes an event) and packs them (12 bytes), in an order that depends on nothing but their content.
/// Events with the same id of one viewer are retries of one event: the earliest counts. Several threads may add, each by an intake of its own.
/// </summary>
/// <param name="catalog">Which videos were deleted, and how long the others are.</param>
/// <param name="erasures">Who asked to be forgotten.</param>
internal sealed class EventDatasetBuilder(VideoTable catalog, ErasureTable erasures)
{
    private readonly Lock _turn = new();
    private readonly Utf8Index _viewers = new();
    private readonly Utf8Index _videos = new();
    private readonly List<EventIntake> _intakes = [];
    private EventIntake? _only;

    /// <summary>Events left out since their video was deleted.</summary>
    public long OfDeletedVideos => _intakes.Sum(i => i.OfDeletedVideos);

    /// <summary>Events left out since their viewer asked to be forgotten.</summary>
    public long OfErasedViewers => _intakes.Sum(i => i.OfErasedViewers);

    /// <summary>Events left out since they are retries; known after <see cref="Build"/>.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Takes the events of a file, where one thread alone adds.</summary>
    public void Add(EventColumns file) => (_only ??= NewIntake()).Add(file);

    /// <summary>An intake for one more thread.</summary>
    public EventIntake NewIntake()
    {
        lock (_turn)
        {
            var intake = new EventIntake(catalog, erasures, Number);
            _intakes.Add(intake);
            return intake;
        }
    }

    /// <summary>The events in canonical order, when nobody adds any more. The builder is used up.</summary>
    public EventDataset Build(CancellationToken cancellationToken)
    {
        var (viewers, viewerRank) = IdOrder.Of(_viewers.Texts);
        var (videos, videoRank) = IdOrder.Of(_videos.Texts);
        var taken = _intakes.Sum(i => i.Events.Count);
        var blocks = EventStore.Sort([.. _intakes.Select(i => i.Events)], viewerRank, videoRank, cancellationToken);
        var places = new int[viewers.Count];
        for (var arrival = 0; arrival < places.Length; arrival++) places[viewerRank[arrival]] = arrival;
        var data = new EventDataset(viewers, videos, [.. videos.Select(catalog.DurationOf)], places, blocks);
        Duplicates = taken - data.EventCount;
        return data;
    }

    private void Number(EventColumns file, int[] viewers, int[] videos)
    {
        lock (_turn)
        {
            _viewers.Add(file.ViewerIds, EventIntake.Wanted, viewers);
            _videos.Add(file.VideoIds, EventIntake.Wanted, videos);
        }
    }
}
