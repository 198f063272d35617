using System.Globalization;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers.Histories;
using Recommender.Modeling.Trainers.Neighbours;

namespace Recommender.Modeling.Trainers.Ease;

/// <summary>
/// The linear autoencoder in closed form (Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", 2019): the item x item weights B that
/// best predict each history from itself, no item from itself. Where there are dislikes, a history has a second half, what was disliked, and the weights of both
/// are learned together: whether a dislike speaks against a video or for its kind is left to the data.
/// </summary>
internal sealed class EaseTrainer(EaseParameters parameters) : ITrainer
{
    public const string TrainerName = "ease";
    private const int RowsAtOnce = 16;

    public string Name => TrainerName;

    public IReadOnlyDictionary<string, string> Parameters => EaseParameters.Schema.ToSettings(parameters);

    public IScoringModel Train(TrainingData data, Action<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.Check();
        progress?.Invoke(new TrainingProgress(0, 1));
        var negatives = parameters.UseNegatives && data.Negatives is { Count: > 0 } ? data.Negatives : null;
        var subset = Subset(data.Interactions.ColumnLengths(), negatives is null ? 1 : 2);
        var items = subset.Count;
        var rows = (double)items * (negatives is null ? 1 : 2);
        MemoryNeed.Check(Name, (sizeof(float) * rows * rows) + (24.0 * (data.Interactions.Count + (negatives?.Count ?? 0))), "lower 'max_items' and set catalog=top");
        var likes = subset.Of(data.Interactions);
        var histories = RankedHistory.Of(Joined(likes, negatives is null ? null : subset.Of(negatives)), parameters.HistoryLimit);
        var stride = Lanes.RoundUp(histories.ColumnCount);
        var matrix = new AlignedBuffer(checked(stride * stride));
        var resolved = parameters.Resolve(data.Interactions.Count, negatives?.Count ?? 0);
        var ridges = Fill(matrix, histories, stride, resolved.Regularization ?? throw new InvalidOperationException("The regularisation has no number."), cancellationToken);
        if (!SpdInverse.TryInvert(matrix, stride, parameters.Threads, null, cancellationToken))
            throw new ParameterException($"The parameter 'regularization' of the trainer '{Name}' is too small for this data: the equations cannot be solved in float32.");
        Learn(matrix, ridges, items, histories.ColumnCount, stride, likes.ColumnLengths(), cancellationToken);
        progress?.Invoke(new TrainingProgress(1, 1));
        var weighting = new HistoryWeighting(parameters.RecencyHalfLife, negatives is null ? 0 : parameters.NegativeWeight, subset.CatalogCount);
        return new HistoryModel(Name, EaseParameters.Schema.ToSettings(resolved), data, weighting, new DenseResponse(matrix, subset, stride));
    }

    private ItemSubset Subset(int[] counts, int rowsPerItem)
    {
        var rows = (long)counts.Length * rowsPerItem;
        if (rows > parameters.MaxItems && parameters.Catalog == EaseCatalog.Whole)
        {
            var kind = rowsPerItem == 1 ? "video" : "liked and disliked video";
            throw new ParameterException(string.Create(
                CultureInfo.InvariantCulture,
                $"The trainer '{Name}' needs a row and a column per {kind}: {rows} videos are more than 'max_items' = {parameters.MaxItems} and would take {4e-9 * rows * rows:0.00} GB. ")
                + "Raise max_items (46000 at most), set catalog=top to learn from the most popular ones only, or use item_knn or graph_filter.");
        }

        return ItemSubset.MostPopular(counts, Math.Max(1, parameters.MaxItems / rowsPerItem));
    }

    // Values are divided by their mean, so that a common factor of all of them changes nothing.
    private InteractionMatrix Joined(InteractionMatrix likes, InteractionMatrix? dislikes)
    {
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Max, likes.TimeKind);
        var mean = 0.0;
        for (var row = 0; row < likes.RowCount; row++)
        {
            foreach (var value in likes.RowValues(row)) mean += value / (double)likes.Count;
        }

        return DislikeColumns.Join(likes, 1 / mean, dislikes, parameters.NegativeWeight / mean);
    }

    private unsafe double[] Fill(AlignedBuffer matrix, InteractionMatrix histories, int stride, double regularization, CancellationToken cancellationToken)
    {
        var byItem = histories.Transpose();
        var ridges = new double[stride];
        var weights = new float[histories.RowCount];
        for (var row = 0; row < weights.Length; row++) weights[row] = (float)Math.Pow(Math.Max(1, histories.RowLength(row)), -parameters.ViewerExponent);
        RowWorkers.Run(stride, RowsAtOnce, parameters.Threads, static () => 0, (_, from, to) =>
        {
            for (var item = from; item < to; item++)
            {
                var row = new Span<float>(matrix.Pointer + ((nint)item * stride), stride);
                if (item < byItem.RowCount)
                {
                    var viewers = byItem.RowColumns(item);
                    var values = byItem.RowValues(item);
                    for (var v = 0; v < viewers.Length; v++)
                    {
                        var weight = values[v] * weights[viewers[v]];
                        var others = histories.RowColumns(viewers[v]);
                        var otherValues = histories.RowValues(viewers[v]);
                        for (var i = 0; i < others.Length; i++) row[others[i]] += weight * otherValues[i];
                    }
                }

                ridges[item] = regularization + (parameters.Dropout / (1 - parameters.Dropout) * row[item]);
                row[item] += (float)ridges[item];
            }
        }, cancellationToken);
        return ridges;
    }

    // With P the inverse, the weights without constraints are E - P diag(ridge) E for the wanted columns E; a multiple of P's own columns per
    // constraint then brings the forbidden cells to zero.
    private unsafe void Learn(AlignedBuffer matrix, double[] ridges, int items, int columns, int stride, int[] counts, CancellationToken cancellationToken)
    {
        var signed = columns > items;
        var gamma = signed ? parameters.NegativeTarget / parameters.NegativeWeight : 0;
        double P(int i, int j) => matrix.Pointer[((nint)i * stride) + j];

        // Per target j: what of P's columns j and items + j goes into column j of the weights.
        var (own, other) = (new double[items], new double[items]);
        for (var j = 0; j < items; j++)
        {
            var (p, ridge) = (P(j, j), ridges[j]);
            if (!signed)
            {
                own[j] = -1 / p;
                continue;
            }

            var (n, q, r, negativeRidge) = (items + j, P(j, items + j), P(items + j, items + j), ridges[items + j]);
            var free = 1 - (ridge * p) + (gamma * negativeRidge * q);
            var freeNegative = -(ridge * q) - gamma + (gamma * negativeRidge * r);
            var determinant = (p * r) - (q * q);
            own[j] = -ridge - (((r * free) - (q * freeNegative)) / determinant);
            other[j] = (gamma * negativeRidge) - (((p * freeNegative) - (q * free)) / determinant);
        }

        var scale = Array.ConvertAll(counts, n => (float)Math.Pow(Math.Max(1, n), -parameters.TargetExponent));
        RowWorkers.Run(columns, RowsAtOnce, parameters.Threads, static () => 0, (_, from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                var row = matrix.Pointer + ((nint)i * stride);
                for (var j = 0; j < items; j++)
                {
                    var weight = own[j] * row[j];
                    if (signed) weight += other[j] * row[items + j];
                    row[j] = i == j || i == items + j ? 0 : (float)weight * scale[j];
                }
            }
        }, cancellationToken);
    }
}
