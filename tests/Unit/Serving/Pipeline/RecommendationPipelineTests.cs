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

    private async Task<List<Candidate>> RunAsync(ICandidateSource[] sources, ICandidateFilter[]? filters = null, ServingOptions? options = null, ViewerQuery? query = null, TimeProvider? time = null)
    {
        var pipeline = new RecommendationPipeline(
            [], sources, [], filters ?? [], new ListScorer(), new DiverseSelector(), _metrics, time ?? TimeProvider.System, NullLogger<RecommendationPipeline>.Instance);
        query ??= Queries.Create(options: options);
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
    public async Task A_source_contributes_no_more_than_its_quota()
    {
        var options = new ServingOptions { Sources = { ["fixed"] = new SourceSettings { Quota = 2 } } };
        Assert.Equal(["a", "b"], (await RunAsync([new Fixed(Source.Trending, "a", "b", "c")], options: options)).Select(c => c.VideoId));
    }

    [Fact]
    public async Task A_source_that_is_switched_off_is_not_asked()
    {
        var options = new ServingOptions { Sources = { ["failing"] = new SourceSettings { Enabled = false } } };
        var asked = new Failing();
        Assert.Equal(["a"], (await RunAsync([asked, new Fixed(Source.Trending, "a")], options: options)).Select(c => c.VideoId));
        Assert.False(asked.WasAsked);
    }

    [Fact]
    public async Task An_answer_does_not_wait_for_a_source_whose_time_is_over_and_shares_no_memory_with_it()
    {
        var options = new ServingOptions { Sources = { ["waiting"] = new SourceSettings { Timeout = TimeSpan.FromMilliseconds(20) } } };
        var late = new Waiting("late");
        late.Other = new Waiting("never begun");
        var query = Queries.Create(options: options);
        var selected = await RunAsync([late, new Fixed(Source.Trending, "a")], query: query);
        Assert.Equal(["a"], selected.Select(c => c.VideoId));
        Assert.False(query.Scratch.TryReset());
        // The late source finds a closed sink.
        late.Other.Begin();
        await late.Done.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Empty(query.Scratch.Sinks[0].Candidates);
        Assert.True(Queries.Create().Scratch.TryReset());
    }

    [Fact]
    public async Task A_source_that_only_computes_is_stopped_when_its_time_is_over()
    {
        var options = new ServingOptions { Sources = { ["fixed"] = new SourceSettings { Timeout = TimeSpan.FromMilliseconds(5) } } };
        var time = new ManualTime(Queries.Now);
        var many = Enumerable.Range(0, 500).Select(i => $"v{i:000}").ToArray();
        var query = Queries.Create(options: options, count: 200);
        await RunAsync([new Fixed(Source.Trending, many) { Each = () => time.Advance(TimeSpan.FromMilliseconds(0.1)) }], query: query, time: time);
        Assert.InRange(query.Scratch.Candidates.Count, 50, 100);
    }

    [Fact]
    public async Task All_sources_that_proposed_a_video_are_told()
    {
        var (query, sources) = (Queries.Create(), new ICandidateSource[] { new Fixed(Source.Realtime, "a"), new Failing(), new Fixed(Source.Trending, "a") });
        var selected = await RunAsync(sources, query: query);
        Assert.Equal(0b101u, Assert.Single(selected).Proposers);
    }

    [Fact]
    public async Task A_video_that_was_drawn_keeps_its_place_and_propensity_whoever_else_proposes_it()
    {
        var (query, sources) = (Queries.Create(count: 20), new ICandidateSource[] { new Fixed(Source.Trending, "a", "new"), new Drawn("new", "other") });
        var selected = await RunAsync(sources, query: query);
        var drawn = selected.Single(c => c.VideoId == "new");
        Assert.Equal((Source.Fresh, 0.25, true, 1, 0b11u), (drawn.Source, drawn.Propensity, drawn.IsExploration, drawn.Proposer, drawn.Proposers));
        Assert.Equal(["a", "new", "other"], selected.Select(c => c.VideoId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_filter_must_agree()
    {
        var selected = await RunAsync([new Fixed(Source.Trending, "a", "b", "c")], [new Without("a"), new Without("c")]);
        Assert.Equal(["b"], selected.Select(c => c.VideoId));
    }

    private sealed class Drawn(params string[] videoIds) : ICandidateSource
    {
        public string Name => "drawn";

        public SourceLimits Limits => SourceLimits.Memory(1000);

        public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
        {
            foreach (var videoId in videoIds) sink.Offer(query, new Candidate { VideoId = videoId, Source = Source.Fresh, Item = -1, IsExploration = true, Propensity = 0.25 });
            return ValueTask.CompletedTask;
        }

        public string Explain(ViewerQuery query, in Candidate candidate) => "drawn";
    }

    private sealed class ListScorer : IScorer
    {
        public void Score(ViewerQuery query, Span<Candidate> candidates)
        {
            foreach (ref var candidate in candidates) candidate.Score = new ScoreParts(candidate.ListScore, 0, 0);
        }

        public void Explain(ViewerQuery query, in Candidate candidate, Explanation into) => into.Scorer = "list";
    }

    private sealed class Without(string videoId) : ICandidateFilter
    {
        public string Name => videoId;

        public bool Keeps(ViewerQuery query, ref Candidate candidate) => candidate.VideoId != videoId;
    }

    private sealed class Fixed(Source source, params string[] videos) : ICandidateSource
    {
        public Action? Each { get; init; }

        public string Name => "fixed";

        public SourceLimits Limits => new(100, TimeSpan.FromSeconds(60));

        public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
        {
            foreach (var id in videos)
            {
                if (sink.IsFull) break;
                sink.Offer(query, new Candidate { VideoId = id, Source = source, Item = -1 });
                Each?.Invoke();
            }
            return ValueTask.CompletedTask;
        }

        public string Explain(ViewerQuery query, in Candidate candidate) => "";
    }

    private sealed class Failing : ICandidateSource
    {
        public bool WasAsked { get; private set; }

        public string Name => "failing";

        public SourceLimits Limits => new(100, TimeSpan.FromSeconds(60));

        public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
        {
            WasAsked = true;
            throw new InvalidOperationException("no");
        }

        public string Explain(ViewerQuery query, in Candidate candidate) => "";
    }

    /// <summary>Ends only when the other one has begun.</summary>
    private sealed class Waiting(string video) : ICandidateSource
    {
        public string Name => "waiting";

        public SourceLimits Limits => new(100, TimeSpan.FromSeconds(60));

        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public void Begin() => _begun.TrySetResult();

        public Waiting? Other { get; set; }

        public async ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
        {
            _begun.SetResult();
            await Other!._begun.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
            sink.Offer(query, new Candidate { VideoId = video, Source = Source.Similar, Item = -1 });
            _done.SetResult();
        }

        public string Explain(ViewerQuery query, in Candidate candidate) => "";
    }
}
