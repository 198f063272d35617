using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Filters;

/// <summary>
/// Keeps out what may not be shown where the viewer is. Where the request does not say, a video that is meant for some countries only is
/// kept out, and one that is barred in some is not.
/// </summary>
[Stage(70)]
internal sealed class CountryFilter : ICandidateFilter
{
    public string Name => "country";

    public bool Keeps(ViewerQuery query, ref Candidate candidate)
    {
        if (candidate.Video is not { IsLimited: true, Traits: var traits }) return true;
        if (traits.Countries.Length > 0 && !traits.Countries.Contains(query.Country)) return false;
        return traits.NotIn.Length == 0 || !traits.NotIn.Contains(query.Country);
    }
}
