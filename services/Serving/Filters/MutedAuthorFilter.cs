using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Filters;

/// <summary>Keeps out what is by an author of whom the viewer wants to see nothing.</summary>
[Stage(50)]
internal sealed class MutedAuthorFilter : ICandidateFilter
{
    public string Name => "muted_author";

    public bool Keeps(ViewerQuery query, ref Candidate candidate) =>
        query.Scratch.Muted.Count == 0 || candidate.Video is not { AuthorId.Length: > 0 } video || !query.Scratch.Muted.Contains(video.AuthorId);
}
