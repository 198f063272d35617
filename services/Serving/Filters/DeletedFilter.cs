using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Filters;

/// <summary>Keeps out what was deleted from the catalog. What the catalog does not hold may be shown.</summary>
[Stage(10)]
internal sealed class DeletedFilter : ICandidateFilter
{
    public string Name => "deleted";

    public bool Keeps(ViewerQuery query, ref Candidate candidate) => candidate.Video is not { IsDeleted: true };
}
