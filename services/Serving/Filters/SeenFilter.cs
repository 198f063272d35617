using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Filters;

/// <summary>Keeps out what the viewer has seen, unless the request asks for it.</summary>
[Stage(30)]
internal sealed class SeenFilter : ICandidateFilter
{
    public string Name => "seen";

    public bool Keeps(ViewerQuery query, ref Candidate candidate) => query.Request.IncludeSeen || !query.HasSeen(ref candidate);
}
