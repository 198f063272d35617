using Recommender.Hosting.Archive;

namespace Recommender.Training.Dataset;

/// <summary>
/// Takes the events of one file after another for an <see cref="EventDatasetBuilder"/>, on one thread beside others that have intakes of their own:
/// only numbering is done in turn.
/// </summary>
/// <param name="catalog">Which videos were deleted.</param>
/// <param name="erasures">Who asked to be forgotten.</param>
/// <param name="number">Gives numbers to the viewers and videos of a file that are marked as <see cref="Wanted"/>.</param>
internal sealed class EventIntake(VideoTable catalog, ErasureTable erasures, Action<EventColumns, int[], int[]> number)
{
    /// <summary>Marks a viewer or a video of a file that an event counts of.</summary>
    public const int Wanted = -3;

    private const int None = -1;
    private const int Deleted = -2;

    private char[] _text = new char[256];
    private int[] _viewers = [];
    private int[] _videos = [];
    private long[] _requests = [];

    /// <summary>The events that count.</summary>
    public EventStore Events { get; } = new();

    /// <summary>Events left out since their video was deleted.</summary>
    public long OfDeletedVideos { get; private set; }

    /// <summary>Events left out since their viewer asked to be forgotten.</summary>
    public long OfErasedViewers { get; private set; }

    /// <summary>Takes the events of a file.</summary>
    public void Add(EventColumns file)
    {
        Prepare(file);
        var (count, viewers, videos, requests) = (file.Count, _viewers, _videos, _requests);
        var (ofViewer, ofVideo, earliest) = (file.Viewers, file.Videos, file.Earliest);
        var (times, seconds, signals, ids) = (file.Times, file.WatchSeconds, file.Signals, file.EventIds);
        if (DoAllCount(file))
        {
            // Each viewer and each video of a file has an event there.
            viewers.AsSpan(0, file.ViewerIds.Count).Fill(Wanted);
            videos.AsSpan(0, file.VideoIds.Count).Fill(Wanted);
            number(file, viewers, videos);
            for (var i = 0; i < count; i++) Events.Add(viewers[ofViewer[i]], videos[ofVideo[i]], times[i], seconds[i], signals[i], ids[i]);
            return;
        }

        // A viewer or a video gets a number with the first event that counts.
        for (var i = 0; i < count; i++)
        {
            if (videos[ofVideo[i]] == Deleted) OfDeletedVideos++;
            else if (earliest[i] <= requests[ofViewer[i]]) OfErasedViewers++;
            else (viewers[ofViewer[i]], videos[ofVideo[i]]) = (Wanted, Wanted);
        }

        number(file, viewers, videos);
        for (var i = 0; i < count; i++)
        {
            var video = videos[ofVideo[i]];
            if (video == Deleted || earliest[i] <= requests[ofViewer[i]]) continue;
            Events.Add(viewers[ofViewer[i]], video, times[i], seconds[i], signals[i], ids[i]);
        }
    }

    // Whether no video of the file was deleted and no viewer of it asked to be forgotten.
    private bool DoAllCount(EventColumns file) =>
        !_videos.AsSpan(0, file.VideoIds.Count).Contains(Deleted) && !_requests.AsSpan(0, file.ViewerIds.Count).ContainsAnyExcept(long.MinValue);

    private void Prepare(EventColumns file)
    {
        if (_viewers.Length < file.ViewerIds.Count) (_viewers, _requests) = (new int[2 * file.ViewerIds.Count], new long[2 * file.ViewerIds.Count]);
        if (_videos.Length < file.VideoIds.Count) _videos = new int[2 * file.VideoIds.Count];
        _viewers.AsSpan(0, file.ViewerIds.Count).Fill(None);
        for (var i = 0; i < file.ViewerIds.Count; i++)
            _requests[i] = erasures.IsEmpty ? long.MinValue : erasures.RequestOf(file.ViewerIds.Characters(i, ref _text));
        for (var i = 0; i < file.VideoIds.Count; i++)
            _videos[i] = !catalog.IsEmpty && catalog.IsDeleted(file.VideoIds.Characters(i, ref _text)) ? Deleted : None;
    }
}
