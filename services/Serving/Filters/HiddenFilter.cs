using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Filters;

/// <summary>Keeps out what the viewer said not to be interested in, even where seen videos are asked for.</summary>
[Stage(40)]
internal sealed class HiddenFilter : ICandidateFilter
{
    public string Name => "hidden";

    public bool Keeps(ViewerQuery query, ref Candidate candidate) => !query.IsHidden(ref candidate);
}
