using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Retrieval;

namespace Recommender.Serving.Model;

/// <summary>The videos' vectors of one model: fold-in, exact search and similarity. Immutable but for a cache; safe for concurrent use.</summary>
internal sealed class ItemFactors
{
    /// <summary>Neighbours found per video where many are wanted: the most that a call may ask for, and some for those that are deleted or seen.</summary>
    public const int NeighbourDepth = 256;

    /// <summary>Neighbours found per video where few are wanted, as nearly always: so that a cache of the same size holds four times as many videos.</summary>
    private const int UsualDepth = 64;

    /// <summary>Fewer videos are searched in no time in either way.</summary>
    private const int QuantizedFrom = 4096;

    private readonly ReadOnlyMemory<float> _rows;
    private readonly float[] _inverseNorms;
    private readonly PackedFactors _packed;
    private readonly QuantizedFactors? _quantized;
    private readonly ViewerFoldIn? _foldIn;
    private readonly NeighbourCache _neighbours = new();

    /// <summary>Prepares the search structures: a packed copy of the factors and the gram matrix.</summary>
    /// <param name="rows">items x factors, row-major; kept.</param>
    /// <param name="factors">Length of a row.</param>
    /// <param name="settings">The equations of a viewer's vector; null when the model has none.</param>
    /// <param name="dislikes">items x factors: what having disliked each says of a viewer; empty when the model does not know.</param>
    /// <param name="dislikeWeight">Factor of a dislike's confidence.</param>
    public ItemFactors(ReadOnlyMemory<float> rows, int factors, FoldInSettings? settings, ReadOnlyMemory<float> dislikes = default, float dislikeWeight = 0)
    {
        (_rows, Length, DislikeWeight) = (rows, factors, dislikes.IsEmpty ? 0 : dislikeWeight);
        _packed = new PackedFactors(rows.Span, factors);
        if (rows.Length / factors >= QuantizedFrom && QuantizedFactors.IsAccelerated) _quantized = new QuantizedFactors(rows.Span, factors);
        _foldIn = settings is null ? null : new ViewerFoldIn(dislikes.IsEmpty ? rows : Join(rows, dislikes), factors, settings);
        _inverseNorms = new float[rows.Length / factors];
        for (var item = 0; item < _inverseNorms.Length; item++) _inverseNorms[item] = Vectors.InverseLength(Row(item));
        UsualNorm = FindUsualNorm();
    }

    /// <summary>Length of a vector.</summary>
    public int Length { get; }

    /// <summary>Whether a viewer's vector can be solved from events.</summary>
    public bool CanFoldIn => _foldIn is not null;

    /// <summary>Factor of a dislike's confidence; 0: the model has not learned from dislikes.</summary>
    public float DislikeWeight { get; }

    /// <summary>Whether the video has a vector that points somewhere.</summary>
    public bool Knows(int item) => _inverseNorms[item] > 0;

    /// <summary>Solves a viewer's vector; zeros when there is no interaction.</summary>
    /// <param name="items">Distinct item numbers; where the model has learned from dislikes, the number of items + v is item v disliked.</param>
    /// <param name="confidences">Above zero, one per item.</param>
    /// <param name="viewer">Receives the vector.</param>
    public void Solve(ReadOnlySpan<int> items, ReadOnlySpan<float> confidences, Span<float> viewer) => _foldIn!.Solve(items, confidences, viewer);

    /// <summary>The model's score of a video for a viewer: their inner product, with the bits that <see cref="Search"/> gives it.</summary>
    public float Score(ReadOnlySpan<float> viewer, int item) => OrderedDot.Of(viewer, Row(item));

    /// <summary>Cosine similarity of two videos, -1 to 1; 0 when one has no vector.</summary>
    public float Cosine(int a, int b) => Vectors.Dot(Row(a), Row(b)) * _inverseNorms[a] * _inverseNorms[b];

    /// <summary>Cosine similarity of a vector of the model's space and a video, -1 to 1; 0 when one has no direction.</summary>
    public float Cosine(ReadOnlySpan<float> vector, int item)
    {
        var square = Vectors.Dot(vector, vector);
        return square > 0 ? Vectors.Dot(vector, Row(item)) * _inverseNorms[item] / MathF.Sqrt(square) : 0;
    }

    /// <summary>One by the length of a video's vector; 0 when it has none.</summary>
    public float InverseNormOf(int item) => _inverseNorms[item];

    /// <summary>The best videos for a viewer, best first, exactly.</summary>
    /// <param name="viewer">The viewer's vector.</param>
    /// <param name="excluded">What to leave out.</param>
    /// <param name="result">Receives the best.</param>
    /// <param name="newcomers">Videos that came after the model; their numbers go on behind its own. Null: there are none.</param>
    /// <returns>How many were written.</returns>
    public int Search(ReadOnlySpan<float> viewer, ItemFilter excluded, Span<ScoredItem> result, ItemOverlay? newcomers = null)
    {
        var found = _quantized is null ? TopK.Search(_packed, viewer, excluded, result) : QuantizedTopK.Search(_quantized, _packed, _rows.Span, viewer, excluded, result);
        return newcomers is { Count: > 0 } ? newcomers.Extend(viewer, excluded, result, found) : found;
    }

    /// <summary>The videos most similar to one by cosine, itself left out, best first.</summary>
    /// <param name="item">The video.</param>
    /// <param name="wanted">How many are wanted; there may be some more, for those that may not be shown. At most <see cref="NeighbourDepth"/> are found.</param>
    public ScoredItem[] Neighbours(int item, int wanted)
    {
        var depth = 2 * wanted > UsualDepth ? NeighbourDepth : UsualDepth;
        // A list of any other length is all that there is.
        return _neighbours.Get(item) is { } found && (found.Length >= depth || found.Length != UsualDepth) ? found : _neighbours.Put(item, FindNeighbours(Row(item), new ItemFilter([item]), depth));
    }

    /// <summary>The videos most similar by cosine to a vector of a video that the model does not know, best first; at most <see cref="NeighbourDepth"/>.</summary>
    /// <param name="vector">In the model's space.</param>
    public ScoredItem[] Neighbours(ReadOnlySpan<float> vector) => FindNeighbours(vector, default, NeighbourDepth);

    /// <summary>Length of a usual video's vector: the median of those that have one.</summary>
    public float UsualNorm { get; }

    /// <summary>Copies a video's vector, made one long.</summary>
    public void CopyDirection(int item, Span<float> destination)
    {
        var row = Row(item);
        for (var i = 0; i < row.Length; i++) destination[i] = row[i] * _inverseNorms[item];
    }

    private static float[] Join(ReadOnlyMemory<float> rows, ReadOnlyMemory<float> dislikes)
    {
        var joined = new float[rows.Length + dislikes.Length];
        rows.CopyTo(joined);
        dislikes.CopyTo(joined.AsMemory(rows.Length));
        return joined;
    }

    private float FindUsualNorm()
    {
        // A sample of some thousands is as good as all of them.
        const int Sample = 4096;
        var norms = new List<float>();
        for (var item = 0; item < _inverseNorms.Length; item += Math.Max(1, _inverseNorms.Length / Sample))
            if (_inverseNorms[item] > 0) norms.Add(1 / _inverseNorms[item]);
        norms.Sort();
        return norms.Count > 0 ? norms[norms.Count / 2] : 0;
    }

    private ReadOnlySpan<float> Row(int item) => _rows.Span.Slice(item * Length, Length);

    private ScoredItem[] FindNeighbours(ReadOnlySpan<float> vector, ItemFilter excluded, int depth)
    {
        var found = new ScoredItem[depth];
        var count = _quantized is null ? TopK.SearchSimilar(_packed, vector, excluded, found) : QuantizedTopK.SearchSimilar(_quantized, _packed, _rows.Span, vector, excluded, found);
        return found[..count];
    }
}
