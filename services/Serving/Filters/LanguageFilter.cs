using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Filters;

/// <summary>Keeps out what is in none of the languages that the request names. A video without a language is for everybody.</summary>
[Stage(60)]
internal sealed class LanguageFilter : ICandidateFilter
{
    public string Name => "language";

    public bool Keeps(ViewerQuery query, ref Candidate candidate) =>
        query.Scratch.Languages.Count == 0 || candidate.Video is not { Traits.Language.Length: > 0 } video || query.Scratch.Languages.Contains(video.Traits.Language);
}
