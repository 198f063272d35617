using System.Runtime.InteropServices;
using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Trainers.Ials;
using Recommender.Serving.Model;

namespace Recommender.Serving.Fresh;

/// <summary>
/// Solves a new video's vector from the viewers who chose it: the trainer's own half-step, without a retrain, over the viewers whom this replica answered last instead
/// of all viewers. One thread at a time uses it.
/// </summary>
internal sealed class NewVideoFoldIn
{
    /// <summary>Of fewer viewers no vector is solved: it would be theirs and not the video's.</summary>
    public const int FewestViewers = 3;

    private readonly VideoFoldIn _foldIn;
    private readonly Dictionary<ulong, int> _numbers;
    private readonly string _modelVersion;
    private readonly double _exponent;
    private readonly double _meanPower;
    private readonly List<(ulong Viewer, float Confidence)> _known = [];
    private readonly List<int> _viewers = [];
    private readonly List<float> _confidences = [];

    private NewVideoFoldIn(ModelGeneration model, IalsParameters parameters, Dictionary<ulong, int> numbers, float[] rows)
    {
        (_modelVersion, _numbers, _exponent) = (model.Version, numbers, parameters.ResolvedPopularityExponent);
        _foldIn = new VideoFoldIn(rows, model.Factors!.Length, parameters.FoldIn);
        _meanPower = MeanPower(model, _exponent);
    }

    /// <summary>Prepares the equations; null where the model has none of its own, or too few viewers were met.</summary>
    public static NewVideoFoldIn? Of(ModelGeneration model, RecentViewers recent)
    {
        if (!model.CanFoldIn) return null;
        var parameters = IalsParameters.ParseAmong(model.Manifest.Parameters);
        if (parameters.Regularization is null || parameters.UnobservedWeight is null || parameters.PopularityExponent is null) return null;
        var (numbers, rows) = recent.Copy(model.Version);
        return numbers.Count < FewestViewers || rows.Length != numbers.Count * model.Factors.Length ? null : new NewVideoFoldIn(model, parameters, numbers, rows);
    }

    /// <summary>Solves a video's vector.</summary>
    /// <param name="firstViewers">Who chose it, and with what confidence.</param>
    /// <param name="videoId">The video.</param>
    /// <param name="vector">Receives it where there are enough viewers.</param>
    /// <returns>Viewers that it was solved from; 0: too few, and nothing was written.</returns>
    public int Solve(FirstViewers firstViewers, string videoId, Span<float> vector)
    {
        _known.Clear();
        _viewers.Clear();
        _confidences.Clear();
        firstViewers.CopyTo(_modelVersion, videoId, _known);
        foreach (var (viewer, confidence) in _known)
        {
            if (!_numbers.TryGetValue(viewer, out var number)) continue;
            _viewers.Add(number);
            _confidences.Add(confidence);
        }
        if (_viewers.Count < FewestViewers) return 0;
        var share = (float)(Math.Pow(_viewers.Count, _exponent) / _meanPower);
        _foldIn.Solve(CollectionsMarshal.AsSpan(_viewers), CollectionsMarshal.AsSpan(_confidences), vector, share);
        return _viewers.Count;
    }

    // As the trainer has it: unobserved pairs weigh in proportion to popularity^exponent, 1 on average over the videos that anybody chose.
    private static double MeanPower(ModelGeneration model, double exponent)
    {
        var most = model.Popular.IsEmpty ? 0 : model.Popular.Span[0].Score;
        var (sum, known) = (0.0, 0);
        for (var item = 0; item < model.ItemCount; item++)
        {
            if (model.PopularityOf(item) is not (> 0 and var popularity)) continue;
            sum += Math.Pow(popularity * most, exponent);
            known++;
        }
        return known > 0 ? sum / known : 1;
    }
}
