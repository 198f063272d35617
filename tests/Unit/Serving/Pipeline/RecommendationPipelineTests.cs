using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Serving;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Ranking;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Pipeline;

public sealed class RecommendationPipelineTests : IDisposable
{
    private readonly ServingMetrics _metrics = new();

    public void Dispose() => _metrics.Dispose();

    private async Task<List<Candidate>> RunAsync(ICandidateSource[] sources, ICandidateFilter[]? filters = null)
    {
        var options = new ServingOptions();
        var pipeline = new RecommendationPipeline(
            [], sources, [], filters ?? [], new ListScorer(), new DiverseSelector(options), _metrics, NullLogger<RecommendationPipeline>.Instance);
        var query = Queries.Create();
        await pipeline.RunAsync(query, TestContext.Current.CancellationToken);
        return query.Scratch.Selected;
    }

    [Fact]
    public async Task A_video_of_several_sources_is_shown_once_and_belongs_to_the_first()
    {
        var selected = await RunAsync([new Fixed(Source.Realtime, "a", "b"), new Fixed(Source.Trending, "b", "c")]);
        Assert.Equal(["a", "b", "c"], selected.Select(c => c.VideoId));
        Assert.Equal([Source.Realtime, Source.Realtime, Source.Trending], selected.Select(c => c.Source));
        Assert.Equal([0, 0, 1], selected.Select(c => c.Proposer));
    }

    [Fact]
    public async Task A_source_that_fails_costs_its_own_proposals_only()
    {
        var selected = await RunAsync([new Failing(), new Fixed(Source.Trending, "a")]);
        Assert.Equal(["a"], selected.Select(c => c.VideoId));
    }

    [Fact]
    public async Task Sources_that_wait_do_so_beside_one_another()
    {
        var (first, second) = (new Waiting("a"), new Waiting("b"));
        (first.Other, second.Other) = (second, first);
        var selected = await RunAsync([first, second]);
        Assert.Equal(["a", "b"], selected.Select(c => c.VideoId));
    }

    [Fact]
    public async Task Every_filter_must_agree()
    {
        var selected = await RunAsync([new Fixed(Source.Trending, "a", "b", "c")], [new Without("a"), new Without("c")]);
        Assert.Equal(["b"], selected.Select(c => c.VideoId));
    }

    private sealed class ListScorer : IScorer
    {
        public ScoreParts Score(ViewerQuery query, in Candidate candidate) => new(candidate.ListScore, 0, 0);
    }

    private sealed class Without(string videoId) : ICandidateFilter
    {
        public string Name => videoId;

        public bool Keeps(ViewerQuery query, ref Candidate candidate) => candidate.VideoId != videoId;
    }

    private sealed class Fixed(Source source, params string[] videos) : ICandidateSource
    {
        public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
        {
            foreach (var id in videos) sink.Offer(query, new Candidate { VideoId = id, Source = source, Item = -1 });
            return ValueTask.CompletedTask;
        }

        public string Explain(ViewerQuery query, in Candidate candidate) => "";
    }

    private sealed class Failing : ICandidateSource
    {
        public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken) => throw new InvalidOperationException("no");

        public string Explain(ViewerQuery query, in Candidate candidate) => "";
    }

    /// <summary>Ends only when the other one has begun.</summary>
    private sealed class Waiting(string video) : ICandidateSource
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Waiting? Other { get; set; }

        public async ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
        {
            _begun.SetResult();
            await Other!._begun.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
            sink.Offer(query, new Candidate { VideoId = video, Source = Source.Similar, Item = -1 });
        }

        public string Explain(ViewerQuery query, in Candidate candidate) => "";
    }
}
