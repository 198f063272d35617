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
        Assert.Equal(["bob0", "bob1", "bob2", "ann00", "ann01", "ann02", "ann03", "ann04"], ids);
        var evidence = new List<Evidence>();
        var candidate = Queries.Candidate("ann00", author: "ann");
        new FollowedSource(_catalog).Trace(query, candidate, evidence);
        Assert.Equal("ann25", Assert.Single(evidence).Event.VideoId);
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
