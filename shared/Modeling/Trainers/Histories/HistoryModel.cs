using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Trainers.Histories;

/// <summary>
/// Scores are linear in the viewer's history, so a viewer needs no training: what was liked speaks for its neighbours, what was disliked against
/// them, the newest most. Items about which the history says nothing follow in the order of their popularity.
/// </summary>
internal sealed class HistoryModel : IScoringModel
{
    // Small enough to decide only between items about which the history says nothing.
    private const float PopularityShare = 1e-12f;

    private readonly TrainingData _data;
    private readonly HistoryWeighting _weighting;
    private readonly IHistoryResponse _response;
    private readonly float[] _popularity;
    private readonly float[] _background;

    public HistoryModel(string trainer, IReadOnlyDictionary<string, string> parameters, TrainingData data, HistoryWeighting weighting, IHistoryResponse response)
    {
        (Trainer, Parameters, _data, _weighting, _response) = (trainer, parameters, data, weighting, response);
        _popularity = Array.ConvertAll(data.Interactions.ColumnLengths(), n => (float)n);
        var most = Math.Max(1f, _popularity.Max());
        _background = Array.ConvertAll(_popularity, p => PopularityShare * p / most);
    }

    public string Trainer { get; }

    public IReadOnlyDictionary<string, string> Parameters { get; }

    public int ViewerCount => _data.Interactions.RowCount;

    public int ItemCount => _data.Interactions.ColumnCount;

    public FactorMatrix? ItemFactors => null;

    public FactorMatrix? UserFactors => null;

    public FoldInSettings? FoldIn => null;

    public ReadOnlyMemory<float> ItemPopularity => _popularity;

    public void Score(ReadOnlySpan<int> viewers, Span<float> scores)
    {
        var histories = new WeightedHistory[viewers.Length];
        for (var i = 0; i < viewers.Length; i++) histories[i] = _weighting.Of(_data, viewers[i]);
        Score(histories, scores);
    }

    public void ScoreHistory(ReadOnlySpan<int> items, ReadOnlySpan<float> values, Span<float> scores)
    {
        var weights = new float[items.Length];
        _weighting.Weigh(values, [], weights);
        Score([new WeightedHistory(items.ToArray(), weights)], scores);
    }

    private void Score(ReadOnlySpan<WeightedHistory> histories, Span<float> scores)
    {
        for (var i = 0; i < histories.Length; i++) _background.CopyTo(scores[(i * ItemCount)..]);
        _response.Add(histories, scores);
    }
}
