using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers.Ials;

namespace Recommender.Tests.Unit.Modeling.Trainers;

/// <summary>The objective of implicit ALS over all pairs, in double precision.</summary>
internal static class SlowObjective
{
    public static double Of(InteractionMatrix interactions, FactorMatrix users, FactorMatrix items, IalsParameters parameters)
    {
        var objective = 0.0;
        for (var user = 0; user < interactions.RowCount; user++)
        {
            for (var item = 0; item < interactions.ColumnCount; item++)
            {
                var score = Dot(users.Row(user), items.Row(item));
                objective += parameters.UnobservedWeight!.Value * score * score;
                var at = interactions.RowColumns(user).BinarySearch(item);
                if (at >= 0) objective += parameters.Alpha * interactions.RowValues(user)[at] * (1 - score) * (1 - score);
            }
        }

        var byItem = interactions.Transpose();
        for (var user = 0; user < users.RowCount; user++) objective += Ridge(interactions.RowLength(user), items.RowCount) * Dot(users.Row(user), users.Row(user));
        for (var item = 0; item < items.RowCount; item++) objective += Ridge(byItem.RowLength(item), users.RowCount) * Dot(items.Row(item), items.Row(item));
        return objective;

        double Ridge(int count, int others) =>
            parameters.Regularization!.Value * Math.Pow(count + (parameters.UnobservedWeight!.Value * others), parameters.RegularizationExponent);
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum;
    }
}
