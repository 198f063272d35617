using Recommender.Hosting.Archive;

namespace Recommender.Training.Dataset;

/// <summary>
/// Collects events file by file into columns (29 bytes an event) and puts them into an order that depends on nothing but their content.
/// Events with the same id of one viewer are retries of one event: the earliest counts. Not safe for concurrent use.
/// </summary>
/// <param name="catalog">Which videos were deleted, and how long the others are.</param>
/// <param name="erasures">Who asked to be forgotten.</param>
/// <param name="expected">About how many events will come.</param>
internal sealed class EventDatasetBuilder(VideoTable catalog, ErasureTable erasures, long expected = 0)
{
    private const int None = -1;
    private const int Deleted = -2;

    private readonly Utf8Index _viewers = new();
    private readonly Utf8Index _videos = new();
    private EventStore _events = new((int)Math.Min(expected, Array.MaxLength));
    private char[] _text = new char[256];
    private int[] _viewerNumbers = [];
    private int[] _videoNumbers = [];
    private long[] _requests = [];

    /// <summary>Events left out since their video was deleted.</summary>
    public long OfDeletedVideos { get; private set; }

    /// <summary>Events left out since their viewer asked to be forgotten.</summary>
    public long OfErasedViewers { get; private set; }

    /// <summary>Events left out since they are retries; known after <see cref="Build"/>.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Takes the events of a file.</summary>
    public void Add(EventColumns file)
    {
        Prepare(file);
        _events.Reserve(file.Count);
        for (var i = 0; i < file.Count; i++)
        {
            ref var video = ref _videoNumbers[file.Videos[i]];
            if (video == Deleted)
            {
                OfDeletedVideos++;
                continue;
            }

            var ofViewer = file.Viewers[i];
            if (file.Earliest[i] <= _requests[ofViewer])
            {
                OfErasedViewers++;
                continue;
            }

            // A viewer or a video gets a number with the first event that counts.
            ref var viewer = ref _viewerNumbers[ofViewer];
            if (viewer == None) viewer = _viewers.Add(file.ViewerIds[ofViewer]);
            if (video == None) video = _videos.Add(file.VideoIds[file.Videos[i]]);
            _events.Add(viewer, video, file.Times[i], file.WatchSeconds[i], file.Signals[i], file.EventIds[i]);
        }
    }

    /// <summary>The events in canonical order. The builder is used up.</summary>
    public EventDataset Build(CancellationToken cancellationToken)
    {
        var (viewers, viewerRank) = IdOrder.Of(_viewers.Texts);
        var (videos, videoRank) = IdOrder.Of(_videos.Texts);
        var events = _events;
        _events = new EventStore(0);
        events.Renumber(viewerRank, videoRank);
        var data = events.Sort(viewers.Length, out var offsets, cancellationToken);
        Duplicates = events.Count - data.Count;
        return new EventDataset(
            viewers, videos, Array.ConvertAll(videos, catalog.DurationOf), offsets, data.Videos, data.Times, data.WatchSeconds, data.Signals);
    }

    private void Prepare(EventColumns file)
    {
        if (_viewerNumbers.Length < file.ViewerIds.Count) (_viewerNumbers, _requests) = (new int[2 * file.ViewerIds.Count], new long[2 * file.ViewerIds.Count]);
        if (_videoNumbers.Length < file.VideoIds.Count) _videoNumbers = new int[2 * file.VideoIds.Count];
        _viewerNumbers.AsSpan(0, file.ViewerIds.Count).Fill(None);
        for (var i = 0; i < file.ViewerIds.Count; i++)
            _requests[i] = erasures.IsEmpty ? long.MinValue : erasures.RequestOf(file.ViewerIds.Characters(i, ref _text));
        for (var i = 0; i < file.VideoIds.Count; i++)
            _videoNumbers[i] = !catalog.IsEmpty && catalog.IsDeleted(file.VideoIds.Characters(i, ref _text)) ? Deleted : None;
    }
}
