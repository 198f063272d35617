using System.Globalization;

namespace Recommender.Modeling.Trainers.Validation;

/// <summary>What candidates are compared by.</summary>
/// <param name="Measure"><c>ndcg</c>, <c>recall</c> or <c>hit_rate</c>.</param>
/// <param name="Cutoff">Length of the list, 1 to 1000.</param>
internal sealed record ValidationMetric(string Measure, int Cutoff)
{
    /// <summary>How it is written.</summary>
    public const string Allowed = "ndcg, recall or hit_rate, an @ and a length from 1 to 1000, such as ndcg@20";

    /// <summary>Such as <c>ndcg@20</c>.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Measure}@{Cutoff}");

    /// <summary>Reads <see cref="Name"/>.</summary>
    public static bool TryParse(string text, out ValidationMetric metric)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var cutoff = 0;
        var valid = at > 0 && text[..at] is "ndcg" or "recall" or "hit_rate"
            && int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out cutoff) && cutoff is >= 1 and <= 1000;
        metric = valid ? new ValidationMetric(text[..at], cutoff) : new ValidationMetric("ndcg", 20);
        return valid;
    }

    /// <summary>The value for one viewer.</summary>
    /// <param name="hits">By rank, whether the item there is relevant.</param>
    /// <param name="relevant">Relevant items in all, at least 1.</param>
    public double Of(ReadOnlySpan<bool> hits, int relevant)
    {
        var (gain, ideal, count) = (0.0, 0.0, 0);
        for (var rank = 0; rank < Cutoff; rank++)
        {
            var discount = 1 / Math.Log2(rank + 2);
            if (rank < relevant) ideal += discount;
            if (rank >= hits.Length || !hits[rank]) continue;
            gain += discount;
            count++;
        }

        return Measure switch { "ndcg" => gain / ideal, "recall" => count / (double)relevant, _ => count > 0 ? 1 : 0 };
    }
}
