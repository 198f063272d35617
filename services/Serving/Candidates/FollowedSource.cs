using Recommender.Serving.Catalog;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Candidates;

/// <summary>The newest videos of the authors whom the viewer follows.</summary>
[Stage(40)]
internal sealed class FollowedSource(VideoCatalog catalog) : ICandidateSource
{
    private const int PerAuthor = 5;

    public string Name => "followed";

    public SourceLimits Limits => SourceLimits.Memory(50);

    public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
    {
        // Newest first over all of them: who follows hundreds must not see the same ten.
        var news = query.Scratch.News;
        foreach (var author in query.Scratch.Followed) Wait(news, catalog.NewestOf(author), 0, 0);
        var now = query.Now.ToUnixTimeMilliseconds();
        while (!sink.IsFull && news.TryDequeue(out var next, out _))
        {
            var (videos, at, taken) = next;
            if (videos[at].PublishedAtMs <= now && sink.Offer(query, ToCandidate(videos[at]))) taken++;
            Wait(news, videos, at + 1, taken);
        }
        return ValueTask.CompletedTask;
    }

    public string Explain(ViewerQuery query, in Candidate candidate) => $"New by {candidate.Video?.AuthorId}, whom this viewer follows";

    public void Trace(ViewerQuery query, in Candidate candidate, List<Evidence> into)
    {
        foreach (var interaction in query.State.Recent)
        {
            if (interaction.Type != EventType.Follow || !catalog.TryFind(interaction.VideoId, out var video) || video.AuthorId != candidate.Video?.AuthorId) continue;
            into.Add(new Evidence(interaction, 0));
            return;
        }
    }

    /// <summary>Puts the next video of an author in line, as long as the author has one and has not had enough.</summary>
    private static void Wait(PriorityQueue<(CatalogVideo[] Videos, int At, int Taken), long> news, CatalogVideo[] videos, int at, int taken)
    {
        if (at < videos.Length && taken < PerAuthor) news.Enqueue((videos, at, taken), -videos[at].PublishedAtMs);
    }

    private static Candidate ToCandidate(CatalogVideo video) => new() { VideoId = video.VideoId, Source = Source.Followed, Hash = video.Hash, Item = -1, Propensity = 1 };
}
