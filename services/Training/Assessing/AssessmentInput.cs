using Recommender.Contracts.Json;
using Recommender.Hosting.Archive;
using Recommender.Training.Dataset;
using Recommender.V1;

namespace Recommender.Training.Assessing;

/// <summary>Collects events and videos, and what is odd about them as they come. Not safe for concurrent use.</summary>
internal sealed class AssessmentInput
{
    private const int ShownProblems = 20;
    private const int EventsAtOnce = 100_000;
    private readonly VideoTable _videos = new();
    private readonly EventRowReader _reader = new();
    private readonly EventColumns _columns = new();
    private readonly HashSet<string> _tags = new(StringComparer.Ordinal);
    private readonly HashSet<string> _catalog = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];
    private EventDatasetBuilder? _builder;

    /// <summary>Whether times say when something happened; false when they are made up.</summary>
    public bool HasTimes { get; set; } = true;

    /// <summary>Lines or rows read.</summary>
    public long Lines { get; set; }

    /// <summary>Those that could not be used.</summary>
    public long BadLines { get; set; }

    /// <summary>The first of the reasons.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Events whose watch time was below zero; it counts as unknown.</summary>
    public long NegativeWatches { get; private set; }

    /// <summary>Events that say what was decided about authors. They count, but say nothing of a video.</summary>
    public AuthorEventCounts OfAuthors { get; init; } = new();

    /// <summary>Distinct tags of the videos.</summary>
    public int Categories => _tags.Count;

    /// <summary>Videos that the catalog describes.</summary>
    public int CatalogVideos => _catalog.Count;

    private EventDatasetBuilder Builder => _builder ??= new EventDatasetBuilder(_videos, new ErasureTable());

    /// <summary>A line that could not be used.</summary>
    public void Bad(string where, string reason)
    {
        BadLines++;
        if (_problems.Count < ShownProblems) _problems.Add($"{where}: {reason}");
    }

    /// <summary>A video of the catalog.</summary>
    public void Add(Video video)
    {
        _videos.TryAdd(VideoJson.Serialize(video), new CatalogRowAge("", default));
        _catalog.Add(video.VideoId);
        foreach (var tag in video.Tags.Where(t => t.Length > 0)) _tags.Add(tag);
    }

    /// <summary>An event.</summary>
    /// <returns>Whether it can be used; false when it lacks a viewer, a video, a type or a time.</returns>
    public bool Add(Event e)
    {
        if (e.WatchTime is { } watched && watched.ToTimeSpan() < TimeSpan.Zero)
        {
            NegativeWatches++;
            e.WatchTime = null;
        }
        if (!_reader.TryRead(EventJson.Serialize(e)))
        {
            if (_reader.Decision == default) return false;
            OfAuthors[_reader.Decision]++;
            return true;
        }
        _columns.Add(_reader);
        if (_columns.Count == EventsAtOnce) HandOver();
        return true;
    }

    /// <summary>Everything that was taken, in canonical order, and the number of repeated event ids.</summary>
    public (EventDataset Events, long Duplicates) Build(CancellationToken cancellationToken)
    {
        HandOver();
        var events = Builder.Build(cancellationToken);
        return (events, Builder.Duplicates);
    }

    private void HandOver()
    {
        Builder.Add(_columns);
        _columns.Clear();
    }
}

/// <summary>Names of the checks on types and ranges.</summary>
internal static class Checks
{
    public const string NegativeWatch = "negative_watch_time";
    public const string LongWatch = "watch_time_above_24_hours";
    public const string EarlyTime = "time_before_1990";
    public const string FutureTime = "time_in_the_future";
    public const string OddId = "odd_id";
    public const string WatchRatio = "watch_ratio_above_10";
    public const string UnknownDuration = "view_of_unknown_duration";
    public const string AlikeIds = "ids_that_differ_in_case_only";
    public const string RepeatedEvent = "same_viewer_video_type_and_time";
}
