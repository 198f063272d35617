using Recommender.Hosting.Online;
using Recommender.Serving;
using Recommender.Serving.Candidates;
using Recommender.Serving.Catalog;
using Recommender.Serving.Filters;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Viewers;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Candidates;

public class FollowedSourceTests
{
    private readonly VideoCatalog _catalog = new(new ServingOptions());

    public FollowedSourceTests()
    {
        for (var i = 29; i >= 0; i--) Add($"ann{i:00}", "ann", i);
        for (var i = 0; i < 3; i++) Add($"bob{i}", "bob", i);
        Add("future", "bob", -1);
    }

    private void Add(string id, string author, int hoursAgo) => _catalog.Upsert(id, author, Queries.Now.AddHours(-hoursAgo).ToUnixTimeMilliseconds());

    private async Task<(ViewerQuery Query, string[] Ids)> ProposeAsync(ViewerQuery query)
    {
        await new AudienceHydrator(_catalog).HydrateAsync(query, TestContext.Current.CancellationToken);
        var sink = new CandidateSink(0, [new CatalogHydrator(_catalog)], [new DeletedFilter(), new SeenFilter(), new MutedAuthorFilter()]);
        await new FollowedSource(_catalog).ProposeAsync(query, sink, TestContext.Current.CancellationToken);
        return (query, [.. sink.Candidates.Select(c => c.VideoId)]);
    }

    [Fact]
    public async Task The_newest_videos_of_authors_followed_by_event_or_by_the_request_are_proposed()
    {
        var (query, ids) = await ProposeAsync(Queries.Create(Queries.State(("ann25", EventType.Follow, 3)), request: r => r.FollowedAuthorIds.Add("bob")));
        Assert.Equal(["ann00", "bob0", "ann01", "bob1", "ann02", "bob2", "ann03", "ann04"], ids.OrderBy(id => int.Parse(id[3..], null)).ThenBy(id => id));
        Assert.Equal(ids.OrderBy(id => int.Parse(id[3..], null)).Select(id => id[3..].TrimStart('0')), ids.Select(id => id[3..].TrimStart('0')));
        var evidence = new List<Evidence>();
        var candidate = Queries.Candidate("ann00", author: "ann");
        new FollowedSource(_catalog).Trace(query, candidate, evidence);
        Assert.Equal("ann25", Assert.Single(evidence).Event.VideoId);
    }

    [Fact]
    public async Task A_follow_holds_however_long_ago_it_was_until_it_is_taken_back()
    {
        var state = Queries.State(("ann25", EventType.Follow, 3));
        var at = state.Recent[0].OccurredAtMs;
        state.Followed.Decide(new AuthorDecision("bob", 1, true), 10);
        var (_, ids) = await ProposeAsync(Queries.Create(state));
        Assert.Equal((5, 3), (ids.Count(id => id.StartsWith("ann", StringComparison.Ordinal)), ids.Count(id => id.StartsWith("bob", StringComparison.Ordinal))));
        state.Followed.Decide(new AuthorDecision("bob", 2, false), 10);
        state.Followed.Decide(new AuthorDecision("ann", at - 1, false), 10); // before the video's author was followed again
        Assert.All((await ProposeAsync(Queries.Create(state))).Ids, id => Assert.StartsWith("ann", id, StringComparison.Ordinal));
        state.Followed.Decide(new AuthorDecision("ann", at, false), 10);
        Assert.Empty((await ProposeAsync(Queries.Create(state))).Ids);
    }

    [Fact]
    public async Task Of_many_followed_authors_the_newest_videos_are_proposed_whoever_was_followed_last()
    {
        for (var i = 0; i < 400; i++) Add($"one{i:000}", $"author{i}", i % 7 == 0 ? 0 : 100);
        var (_, ids) = await ProposeAsync(Queries.Create(request: r => r.FollowedAuthorIds.AddRange(Enumerable.Range(0, 400).Select(i => $"author{i}"))));
        Assert.Equal(400, ids.Length);
        Assert.All(ids[..58], id => Assert.Equal(0, int.Parse(id[3..], null) % 7));
    }

    [Fact]
    public async Task Seen_and_deleted_videos_give_their_places_to_older_ones()
    {
        _catalog.Delete("ann01");
        var (_, ids) = await ProposeAsync(Queries.Create(Queries.State(("ann00", EventType.View, 1)), request: r => r.FollowedAuthorIds.Add("ann")));
        Assert.Equal(["ann02", "ann03", "ann04", "ann05", "ann06"], ids);
    }

    [Fact]
    public async Task Who_is_muted_is_not_followed()
    {
        var (_, ids) = await ProposeAsync(Queries.Create(Queries.State(("ann25", EventType.Follow, 3)), request: r => r.MutedAuthorIds.Add("ann")));
        Assert.Empty(ids);
    }

    [Fact]
    public void An_author_has_as_many_videos_in_memory_as_are_useful()
    {
        Assert.Equal(AuthorVideos.Depth, _catalog.NewestOf("ann").Length);
        Assert.Equal("ann00", _catalog.NewestOf("ann")[0].VideoId);
        Add("ann00", "carl", 0);
        Assert.Equal("ann01", _catalog.NewestOf("ann")[0].VideoId);
        Assert.Equal("ann00", Assert.Single(_catalog.NewestOf("carl")).VideoId);
    }
}
