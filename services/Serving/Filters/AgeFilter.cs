using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Filters;

/// <summary>Keeps out what the viewer is too young for. Who does not tell an age sees nothing that asks for one.</summary>
[Stage(80)]
internal sealed class AgeFilter : ICandidateFilter
{
    public string Name => "age";

    public bool Keeps(ViewerQuery query, ref Candidate candidate) => candidate.Video is not { IsLimited: true, Traits: var traits } || traits.MinimumAge == 0 || query.Age >= traits.MinimumAge;
}
