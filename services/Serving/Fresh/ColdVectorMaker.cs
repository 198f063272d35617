using Recommender.Serving.Catalog;
using Recommender.Serving.Model;

namespace Recommender.Serving.Fresh;

/// <summary>
/// Makes a vector for a video that the model does not know: the mean of three directions (its author's other videos, the videos that share
/// its tags, its first viewers), each weighted by how much is known, as long as a usual video's vector and shorter the less is known. Once enough viewers
/// have chosen it, what training would make of them takes the place of that, the more of it the more viewers there are.
/// </summary>
/// <param name="model">The live model; it has factors.</param>
/// <param name="catalog">Authors' other videos.</param>
/// <param name="tags">Sums of vectors by tag.</param>
/// <param name="firstViewers">Who chose which video.</param>
/// <param name="solver">Solves videos from their viewers; null: the model has no equations, or too few viewers were met.</param>
internal sealed class ColdVectorMaker(ModelGeneration model, VideoCatalog catalog, TagVectors tags, FirstViewers firstViewers, NewVideoFoldIn? solver)
{
    private const float TagWeight = 0.5f;

    /// <summary>What stands for knowing nothing: a zero vector of this weight is mixed in.</summary>
    private const float Ignorance = 0.5f;

    /// <summary>Viewers whose word counts as much as all else that is known.</summary>
    private const float EqualViewers = 4;

    private readonly ItemFactors _factors = model.Factors!;
    private readonly float[] _part = new float[model.Factors!.Length];
    private readonly float[] _direction = new float[model.Factors!.Length];

    /// <summary>Writes a video's vector.</summary>
    /// <returns>Whether anything is known of it.</returns>
    public bool TryMake(CatalogVideo video, Span<float> vector)
    {
        vector.Clear();
        var weight = AddPart(vector, CountAuthor(video) is var known ? known / (known + 1f) : 0) + AddTags(video, vector);
        _part.AsSpan().Clear();
        var viewers = firstViewers.AddTo(model.Version, video.VideoId, _part);
        weight += AddPart(vector, 2f * viewers / (viewers + 2f));
        if (weight == 0) return false;
        Vectors.Scale(vector, _factors.UsualNorm / (weight + Ignorance));
        MixSolved(video.VideoId, vector);
        return true;
    }

    private void MixSolved(string videoId, Span<float> vector)
    {
        var viewers = solver?.Solve(firstViewers, videoId, _part) ?? 0;
        if (viewers == 0) return;
        var share = viewers / (viewers + EqualViewers);
        Vectors.Scale(vector, 1 - share);
        Vectors.AddScaled(vector, _part, share);
    }

    private int CountAuthor(CatalogVideo video)
    {
        _part.AsSpan().Clear();
        if (video.AuthorId.Length == 0) return 0;
        var known = 0;
        foreach (var other in catalog.NewestOf(video.AuthorId))
        {
            if (!model.TryFind(other.VideoId, out var item) || !_factors.Knows(item)) continue;
            _factors.CopyDirection(item, _direction);
            Vectors.AddScaled(_part, _direction, 1);
            known++;
        }
        return known;
    }

    private float AddTags(CatalogVideo video, Span<float> vector)
    {
        _part.AsSpan().Clear();
        var known = false;
        foreach (var tag in video.Traits.Tags)
        {
            var sum = tags.SumOf(tag);
            if (sum.IsEmpty) continue;
            known = true;
            Vectors.AddScaled(_part, sum, Vectors.InverseLength(sum));
        }
        return AddPart(vector, known ? TagWeight : 0);
    }

    /// <summary>Adds the direction of the part at hand with a weight, and returns the weight.</summary>
    private float AddPart(Span<float> vector, float weight)
    {
        if (weight == 0) return 0;
        Vectors.AddScaled(vector, _part, weight * Vectors.InverseLength(_part));
        return weight;
    }
}
