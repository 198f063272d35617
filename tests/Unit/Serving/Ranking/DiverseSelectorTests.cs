using Recommender.Serving;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Ranking;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Ranking;

public class DiverseSelectorTests
{
    private static List<Candidate> Select(ServingOptions options, int count, IEnumerable<Candidate> candidates)
    {
        var selected = new List<Candidate>();
        new DiverseSelector(options).Select(Queries.Create(count: count), [.. candidates], selected);
        return selected;
    }

    private static string[] Ids(IEnumerable<Candidate> candidates) => [.. candidates.Select(c => c.VideoId)];

    [Fact]
    public void The_best_come_first_and_no_more_than_asked_for()
    {
        var selected = Select(new ServingOptions(), 2, [Queries.Candidate("low", 1), Queries.Candidate("high", 3), Queries.Candidate("middle", 2)]);
        Assert.Equal(["high", "middle"], Ids(selected));
    }

    [Fact]
    public void Level_scores_are_ordered_by_id() =>
        Assert.Equal(["a", "b", "c"], Ids(Select(new ServingOptions(), 3, [Queries.Candidate("c", 1), Queries.Candidate("a", 1), Queries.Candidate("b", 1)])));

    [Fact]
    public void At_most_three_of_an_author_stand_in_a_row_of_twenty()
    {
        // Ten of one author score best; 100 of others follow.
        var candidates = Enumerable.Range(0, 10).Select(i => Queries.Candidate($"star{i}", 1000 - i, "star"))
            .Concat(Enumerable.Range(0, 100).Select(i => Queries.Candidate($"other{i}", 500 - i, $"author{i}")));
        var selected = Select(new ServingOptions(), 60, candidates);
        Assert.Equal(60, selected.Count);
        for (var start = 0; start + 20 <= selected.Count; start++)
            Assert.InRange(selected.Skip(start).Take(20).Count(c => c.Video?.AuthorId == "star"), 0, 3);
        Assert.Equal(["star0", "star1", "star2"], Ids(selected.Take(3)));
        Assert.Equal(9, selected.Count(c => c.Video?.AuthorId == "star"));
        Assert.Equal("star3", selected[20].VideoId);
    }

    [Fact]
    public void Where_there_is_nothing_else_the_author_cap_yields()
    {
        var selected = Select(new ServingOptions(), 8, Enumerable.Range(0, 8).Select(i => Queries.Candidate($"v{i}", 10 - i, "only")));
        Assert.Equal(["v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7"], Ids(selected));
    }

    [Fact]
    public void Videos_without_a_known_author_are_not_capped()
    {
        var selected = Select(new ServingOptions(), 6, Enumerable.Range(0, 6).Select(i => Queries.Candidate($"v{i}", 10 - i)));
        Assert.Equal(["v0", "v1", "v2", "v3", "v4", "v5"], Ids(selected));
    }

    [Fact]
    public void Exploration_takes_the_places_set_aside_for_it_in_the_order_drawn()
    {
        var candidates = Enumerable.Range(0, 50).Select(i => Queries.Candidate($"v{i:00}", 100 - i))
            .Append(Queries.Candidate("z", 0, source: Source.Fresh, isExploration: true))
            .Append(Queries.Candidate("y", 0, source: Source.Fresh, isExploration: true));
        var selected = Select(new ServingOptions { FreshShare = 0.05 }, 40, candidates);
        Assert.Equal("z", selected[5].VideoId);
        Assert.Equal("y", selected[25].VideoId);
        Assert.Equal(2, selected.Count(c => c.IsExploration));
        Assert.Equal("v05", selected[6].VideoId);
    }

    [Fact]
    public void Places_set_aside_are_given_to_others_when_there_is_nothing_to_explore()
    {
        var selected = Select(new ServingOptions { FreshShare = 0.5 }, 5, Enumerable.Range(0, 9).Select(i => Queries.Candidate($"v{i}", 10 - i)));
        Assert.Equal(["v0", "v1", "v2", "v3", "v4"], Ids(selected));
    }

    [Fact]
    public void Exploration_fills_an_answer_that_would_be_short()
    {
        var selected = Select(new ServingOptions { FreshShare = 0 }, 3,
            [Queries.Candidate("v", 1), Queries.Candidate("new", 0, source: Source.Fresh, isExploration: true)]);
        Assert.Equal(["v", "new"], Ids(selected));
    }

    [Theory]
    [InlineData(0.05, 20, "5")]
    [InlineData(0.05, 50, "5,25,45")]
    [InlineData(0.05, 5, "")]
    [InlineData(0.1, 20, "2,12")]
    [InlineData(0.5, 6, "0,2,4")]
    [InlineData(0, 200, "")]
    public void Places_for_exploration_are_spread_evenly(double share, int count, string places)
    {
        var found = Enumerable.Range(0, count).Where(p => ExplorationPlaces.Has(p, share)).ToArray();
        Assert.Equal(places, string.Join(',', found));
        Assert.Equal(found.Length, ExplorationPlaces.CountIn(count, share));
    }
}
