using System.Buffers;
using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Trainers.Blend;

/// <summary>A weighted sum of other models' scores, each brought to mean 0 and deviation 1 over the catalog for each viewer.</summary>
internal sealed class BlendModel : IScoringModel
{
    private readonly (IScoringModel Model, float Weight)[] _parts;

    /// <param name="parameters">What it was made with.</param>
    /// <param name="parts">Models of the same viewers and items, at least one.</param>
    public BlendModel(IReadOnlyDictionary<string, string> parameters, IReadOnlyList<(IScoringModel Model, float Weight)> parts) =>
        (Parameters, _parts) = (parameters, [.. parts]);

    public string Trainer => BlendTrainer.TrainerName;

    public IReadOnlyDictionary<string, string> Parameters { get; }

    public int ViewerCount => _parts[0].Model.ViewerCount;

    public int ItemCount => _parts[0].Model.ItemCount;

    public FactorMatrix? ItemFactors => null;

    public FactorMatrix? UserFactors => null;

    public FoldInSettings? FoldIn => null;

    public ReadOnlyMemory<float> ItemPopularity => _parts[0].Model.ItemPopularity;

    public void Score(ReadOnlySpan<int> viewers, Span<float> scores)
    {
        var buffer = ArrayPool<float>.Shared.Rent(viewers.Length * ItemCount);
        var one = buffer.AsSpan(0, viewers.Length * ItemCount);
        scores[..one.Length].Clear();
        foreach (var (model, weight) in _parts)
        {
            model.Score(viewers, one);
            for (var i = 0; i < viewers.Length; i++) AddNormalized(one.Slice(i * ItemCount, ItemCount), weight, scores.Slice(i * ItemCount, ItemCount));
        }

        ArrayPool<float>.Shared.Return(buffer);
    }

    public void ScoreHistory(ReadOnlySpan<int> items, ReadOnlySpan<float> values, Span<float> scores)
    {
        var one = new float[ItemCount];
        scores[..ItemCount].Clear();
        foreach (var (model, weight) in _parts)
        {
            model.ScoreHistory(items, values, one);
            AddNormalized(one, weight, scores[..ItemCount]);
        }
    }

    /// <summary>Mean, and one over the deviation (0 when all scores are level).</summary>
    public static (float Mean, float InverseDeviation) Moments(ReadOnlySpan<float> scores)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var score in scores)
        {
            sum += score;
            squares += (double)score * score;
        }

        var mean = sum / scores.Length;
        var variance = (squares / scores.Length) - (mean * mean);
        return ((float)mean, variance > 1e-30 && variance > 1e-10 * mean * mean ? (float)(1 / Math.Sqrt(variance)) : 0f);
    }

    private static void AddNormalized(ReadOnlySpan<float> one, float weight, Span<float> scores)
    {
        var (mean, inverse) = Moments(one);
        for (var i = 0; i < scores.Length; i++) scores[i] += weight * (one[i] - mean) * inverse;
    }
}
