using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Ranking;

/// <summary>How alike two videos are.</summary>
internal static class Similarity
{
    /// <summary>
    /// 0 to 1: the part of their tags that they share (Jaccard) where both have tags, otherwise the cosine of their vectors where the model
    /// knows both, otherwise 0.
    /// </summary>
    public static float Of(ViewerQuery query, in Candidate a, in Candidate b)
    {
        if (a.Video?.Tags is { Length: > 0 } tags && b.Video?.Tags is { Length: > 0 } others) return Jaccard(tags, others);
        return a.Item >= 0 && b.Item >= 0 && query.Model?.Factors is { } factors ? Math.Clamp(factors.Cosine(a.Item, b.Item), 0, 1) : 0;
    }

    /// <summary>Size of the intersection by size of the union of two ascending lists without repeats.</summary>
    public static float Jaccard(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        var (i, j, shared) = (0, 0, 0);
        while (i < a.Length && j < b.Length)
        {
            if (a[i] == b[j]) (i, j, shared) = (i + 1, j + 1, shared + 1);
            else if (a[i] < b[j]) i++;
            else j++;
        }
        var union = a.Length + b.Length - shared;
        return union == 0 ? 0 : (float)shared / union;
    }
}
