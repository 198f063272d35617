using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers.Ials;

/// <summary>What the size of a data set says about parameters; over rows and columns with any interaction.</summary>
/// <param name="Density">Share of the pairs that interacted.</param>
/// <param name="MeanPerRow">Interactions of an average row.</param>
/// <param name="MeanPerColumn">Interactions of an average column.</param>
/// <param name="SmallerSide">Rows or columns, whichever are fewer.</param>
/// <param name="MeanConfidence">Confidence of an average interaction.</param>
internal readonly record struct InteractionStatistics(double Density, double MeanPerRow, double MeanPerColumn, double SmallerSide, double MeanConfidence)
{
    public static InteractionStatistics Of(InteractionMatrix interactions, FoldInSettings settings)
    {
        var (rows, confidence, last, ofLast) = (0, 0.0, float.NaN, 0f);
        for (var row = 0; row < interactions.RowCount; row++)
        {
            if (interactions.RowLength(row) > 0) rows++;
            if (interactions.CommonValue is not null) continue;
            foreach (var value in interactions.RowValues(row))
            {
                if (value != last) (last, ofLast) = (value, settings.ConfidenceOf(value));
                confidence += ofLast;
            }
        }

        var columns = interactions.ColumnLengths().Count(n => n > 0);
        double count = interactions.Count;
        if (interactions.CommonValue is { } common) confidence = count * settings.ConfidenceOf(common);
        return new InteractionStatistics(count / ((double)rows * columns), count / rows, count / columns, Math.Min(rows, columns), confidence / count);
    }
}
