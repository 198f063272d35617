using System.Text.Json;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Retrieval;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Ials;
using Recommender.Modeling.Trainers.Popularity;
using Recommender.Training.Dataset;

namespace Recommender.Training.Publishing;

/// <summary>
/// A model version read back from its files, for viewers and videos as a snapshot numbers them. A version keeps no viewers, so their factors are
/// solved from their interactions, the trainer's own half-step. Videos that the version does not know have no score.
/// </summary>
internal sealed class StoredModel : IViewerScorer
{
    private readonly IScoringModel _model;
    private readonly int[] _unknown;
    private readonly ulong[] _barred;

    private StoredModel(IScoringModel model, int[] unknown)
    {
        (_model, _unknown, _barred) = (model, unknown, new ulong[(model.ItemCount + 63) / 64]);
        foreach (var video in unknown) _barred[video >> 6] |= 1UL << (video & 63);
    }

    /// <inheritdoc/>
    public int ViewerCount => _model.ViewerCount;

    /// <inheritdoc/>
    public int ItemCount => _model.ItemCount;

    /// <summary>Reads a version.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="manifest">The version; its files were checked.</param>
    /// <param name="events">The snapshot.</param>
    /// <param name="data">The snapshot's interactions by the weights of the version.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InvalidDataException">The files don't fit each other.</exception>
    public static StoredModel Read(ModelStore store, ModelManifest manifest, EventDataset events, TrainingData data, CancellationToken cancellationToken)
    {
        var ids = File.ReadLines(store.PathOf(manifest.Version, ModelFiles.ItemIds)).Select(line => JsonSerializer.Deserialize<string>(line)!).ToArray();
        var popularity = NpyFile.ReadAll(store.PathOf(manifest.Version, ModelFiles.Popularity));
        if (popularity.Length != ids.Length) throw new InvalidDataException($"model {manifest.Version} has {ids.Length} videos but {popularity.Length} popularities");
        var itemOf = ids.Select((id, i) => (id, i)).ToDictionary(p => p.id, p => p.i, StringComparer.Ordinal);
        var items = events.Videos.Select(id => itemOf.GetValueOrDefault(id, -1)).ToArray();
        var known = Array.ConvertAll(items, item => item < 0 ? 0 : popularity[item]);
        IScoringModel model = manifest.Factors == 0
            ? new PopularityModel(events.Viewers.Count, known)
            : WithFactors(ReadRows(store, manifest), manifest, items, known, data, cancellationToken);
        return new StoredModel(model, [.. Enumerable.Range(0, items.Length).Where(video => items[video] < 0)]);
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> viewers, Span<float> scores)
    {
        _model.Score(viewers, scores);
        for (var i = 0; i < viewers.Length; i++)
            foreach (var video in _unknown) scores[(i * ItemCount) + video] = float.NegativeInfinity;
    }

    /// <inheritdoc/>
    public void Rank(TopListQuery wanted, TopListReceiver receive, CancellationToken cancellationToken = default) =>
        _model.Rank(wanted with { Barred = _barred }, receive, cancellationToken);

    // A disliked video's row follows those of all videos.
    private static float[] ReadRows(ModelStore store, ModelManifest manifest)
    {
        var items = NpyFile.ReadAll(store.PathOf(manifest.Version, ModelFiles.ItemFactors));
        if (!manifest.HasDislikes) return items;
        float[] rows = [.. items, .. NpyFile.ReadAll(store.PathOf(manifest.Version, ModelFiles.DislikeFactors))];
        return rows.Length == 2 * items.Length ? rows : throw new InvalidDataException($"model {manifest.Version} has {items.Length} factors but {rows.Length - items.Length} of dislikes");
    }

    private static FactorModel WithFactors(
        float[] rows, ModelManifest manifest, int[] items, float[] popularity, TrainingData data, CancellationToken cancellationToken)
    {
        var factors = manifest.Factors;
        var settings = IalsParameters.ParseAmong(manifest.Parameters).FoldIn;
        var foldIn = new ViewerFoldIn(rows, factors, settings);
        var videos = new float[items.Length * factors];
        for (var video = 0; video < items.Length; video++)
            if (items[video] >= 0) rows.AsSpan(items[video] * factors, factors).CopyTo(videos.AsSpan(video * factors));
        var viewers = new float[data.Interactions.RowCount * factors];
        for (var viewer = 0; viewer < data.Interactions.RowCount; viewer++)
        {
            if (viewer % 1024 == 0) cancellationToken.ThrowIfCancellationRequested();
            var (own, values) = Known(manifest, data, viewer, items);
            foldIn.Solve(own, values, viewers.AsSpan(viewer * factors, factors));
        }
        return new FactorModel(manifest.Trainer, new(data.Interactions.RowCount, factors, viewers), new(items.Length, factors, videos), settings, popularity);
    }

    private static (int[] Items, float[] Values) Known(ModelManifest manifest, TrainingData data, int viewer, int[] items)
    {
        var (own, confidences) = (new List<int>(), new List<float>());
        Add(data.Interactions, offset: 0, factor: 1);
        if (manifest.HasDislikes && data.Negatives is { } negatives) Add(negatives, manifest.Items, IalsParameters.ParseAmong(manifest.Parameters).NegativeWeight);
        return ([.. own], [.. confidences]);

        void Add(InteractionMatrix matrix, int offset, double factor)
        {
            var columns = matrix.RowColumns(viewer);
            var values = matrix.RowValues(viewer);
            for (var i = 0; i < columns.Length; i++)
            {
                if (items[columns[i]] < 0) continue;
                own.Add(offset + items[columns[i]]);
                confidences.Add((float)(factor * values[i]));
            }
        }
    }
}
