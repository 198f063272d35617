using Recommender.Modeling.Sparse;

namespace Recommender.Training.Judging;

/// <summary>Who counts as new and what counts as rarely watched, by what trials are trained on. The same for all trials of a run.</summary>
internal sealed class TestSegments
{
    private readonly bool[] _isNew;
    private readonly bool[] _isTail;
    private readonly float[] _popularity;

    /// <summary>Segments of the viewers and videos of a split.</summary>
    /// <param name="trained">Viewers x videos: the positives that are trained on.</param>
    /// <param name="options">Where the lines are drawn.</param>
    public TestSegments(InteractionMatrix trained, GateOptions options)
    {
        _isNew = new bool[trained.RowCount];
        for (var viewer = 0; viewer < _isNew.Length; viewer++) _isNew[viewer] = trained.RowLength(viewer) <= options.NewViewerVideos;
        var watched = trained.ColumnLengths();
        var order = Enumerable.Range(0, watched.Length).OrderByDescending(v => watched[v]).ThenBy(v => v).ToArray();
        var head = (int)Math.Ceiling(options.HeadShare * order.Length);
        _isTail = new bool[order.Length];
        foreach (var video in order.AsSpan(Math.Min(head, order.Length))) _isTail[video] = true;
        _popularity = Percentiles(watched, order);
    }

    /// <summary>Whether the viewer has little history.</summary>
    public bool IsNew(int viewer) => _isNew[viewer];

    /// <summary>Whether the video is rarely watched.</summary>
    public bool IsTail(int video) => _isTail[video];

    /// <summary>Share of the catalog that is watched less than this video, equals counted half; 0 to 1.</summary>
    public float Popularity(int video) => _popularity[video];

    private static float[] Percentiles(int[] watched, int[] descending)
    {
        var percentiles = new float[watched.Length];
        for (var from = 0; from < descending.Length;)
        {
            var to = from;
            while (to < descending.Length && watched[descending[to]] == watched[descending[from]]) to++;
            var share = (float)(1 - ((from + to) / 2.0 / descending.Length));
            for (; from < to; from++) percentiles[descending[from]] = share;
        }
        return percentiles;
    }
}
