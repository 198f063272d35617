using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers.Neighbours;

namespace Recommender.Modeling.Trainers.Popularity;

/// <summary>
/// Ranks items by the number of viewers with a positive interaction, decayed by age if asked. Items level in that are ranked by
/// fewer dislikes, then by the lower item number.
/// </summary>
public sealed class PopularityTrainer(PopularityParameters parameters) : ITrainer
{
    /// <summary>The registered name.</summary>
    public const string TrainerName = "popularity";

    /// <inheritdoc/>
    public string Name => TrainerName;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Parameters => parameters.ToSettings();

    /// <inheritdoc/>
    public IScoringModel Train(TrainingData data, Action<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.Check();
        cancellationToken.ThrowIfCancellationRequested();
        progress?.Invoke(new TrainingProgress(0, 1));
        var counts = parameters.HalfLifeDays > 0 || parameters.HalfLifeSteps > 0 ? DecayedCounts(data.Interactions) : Array.ConvertAll(data.Interactions.ColumnLengths(), n => (double)n);
        var popularity = OrderPreserving(counts, data.Negatives?.ColumnLengths());
        progress?.Invoke(new TrainingProgress(1, 1));
        return new PopularityModel(data.Interactions.RowCount, popularity, Parameters);
    }

    private double[] DecayedCounts(InteractionMatrix interactions)
    {
        if (parameters.HalfLifeSteps > 0 && interactions.TimeKind == TimeKind.None)
            throw new ParameterException($"The parameter 'half_life_steps' of the trainer '{Name}' needs interactions with an order, but this data has none.");
        if (parameters.HalfLifeDays > 0 && interactions.TimeKind != TimeKind.UnixSeconds)
            throw new ParameterException($"The parameter 'half_life_days' of the trainer '{Name}' needs interactions with times, but this data has none.");
        var newest = 0u;
        for (var row = 0; row < interactions.RowCount; row++)
        {
            foreach (var time in interactions.RowTimes(row)) newest = Math.Max(newest, time);
        }

        var counts = new double[interactions.ColumnCount];
        for (var row = 0; row < interactions.RowCount; row++)
        {
            var columns = interactions.RowColumns(row);
            var times = interactions.RowTimes(row);
            var ranks = parameters.HalfLifeSteps > 0 ? RankedHistory.Ranks(times) : [];
            var last = ranks.DefaultIfEmpty().Max();
            for (var i = 0; i < columns.Length; i++)
            {
                var days = parameters.HalfLifeDays > 0 ? (newest - times[i]) / (86400.0 * parameters.HalfLifeDays) : 0;
                var steps = parameters.HalfLifeSteps > 0 ? (last - ranks[i]) / parameters.HalfLifeSteps : 0;
                counts[columns[i]] += double.Exp2(-(days + steps));
            }
        }

        return counts;
    }

    // The counts as float32 scores, raised by the smallest possible steps where rounding or a level count would hide the order.
    private static float[] OrderPreserving(double[] counts, int[]? dislikes)
    {
        var order = new int[counts.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        int Compare(int a, int b)
        {
            var byCount = counts[a].CompareTo(counts[b]);
            return byCount != 0 || dislikes is null ? byCount : dislikes[b].CompareTo(dislikes[a]);
        }

        Array.Sort(order, Compare);
        var scores = new float[counts.Length];
        for (var i = 0; i < order.Length; i++)
        {
            var score = (float)counts[order[i]];
            if (i > 0)
            {
                var below = scores[order[i - 1]];
                if (Compare(order[i - 1], order[i]) == 0) score = below;
                else if (score <= below) score = MathF.BitIncrement(below);
            }

            scores[order[i]] = score;
        }

        return scores;
    }
}
