using Recommender.Serving.Catalog;
using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Candidates;

/// <summary>Adds what catalog and model know of a video.</summary>
[Stage(10)]
internal sealed class CatalogHydrator(VideoCatalog catalog) : ICandidateHydrator
{
    public void Hydrate(ViewerQuery query, ref Candidate candidate)
    {
        if (candidate.Item < 0 && query.Model is { } model) candidate.Item = model.ItemOf(candidate.VideoId);
        if (candidate.Item >= 0) candidate.Video = query.Model!.VideoOf(candidate.Item, catalog);
        else if (catalog.TryFind(candidate.VideoId, out var video)) candidate.Video = video;
        if (candidate.Item < 0 && query.Cold.Count > 0) candidate.Cold = query.Cold.Find(candidate.VideoId);
    }
}
