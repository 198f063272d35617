using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Filters;

/// <summary>Keeps out what the request excludes.</summary>
[Stage(20)]
internal sealed class ExcludedFilter : ICandidateFilter
{
    public string Name => "excluded";

    public bool Keeps(ViewerQuery query, ref Candidate candidate) => !query.IsExcluded(candidate.VideoId);
}
