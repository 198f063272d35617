using FsCheck;
using FsCheck.Fluent;
using Recommender.Serving;
using Recommender.Serving.Catalog;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Ranking;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Ranking;

public class DiverseSelectorTests
{
    private static List<Candidate> Select(ServingOptions options, int count, IEnumerable<Candidate> candidates)
    {
        var selected = new List<Candidate>();
        new DiverseSelector().Select(Queries.Create(count: count, options: options), [.. candidates], selected);
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

    private static Candidate Tagged(string id, double score, string author, params int[] tags)
    {
        var candidate = Queries.Candidate(id, score);
        candidate.Video = new CatalogVideo(id, 0, author, 0, false) { Traits = new VideoTraits(tags, "", [], [], 0) };
        return candidate;
    }

    [Fact]
    public void Of_nearly_level_videos_the_one_unlike_those_before_it_comes_first()
    {
        Candidate[] candidates = [Tagged("same0", 1.0, "", 1, 2), Tagged("same1", 0.99, "", 1, 2), Tagged("same2", 0.98, "", 1, 2), Tagged("other", 0.97, "", 3), Tagged("least", 0, "")];
        var selected = Select(new ServingOptions { Diversity = 0.2 }, 4, candidates);
        Assert.Equal(["same0", "other", "same1", "same2"], Ids(selected));
        Assert.Equal([0, 3, 1, 2], selected.Select(c => c.RankByScore));
        Assert.Equal([0f, 0f, 1f, 1f], selected.Select(c => c.Similarity));
        Assert.Equal(["same0", "same1", "same2", "other"], Ids(Select(new ServingOptions { Diversity = 0 }, 4, candidates)));
    }

    [Fact]
    public void Every_further_video_of_an_author_counts_less()
    {
        Candidate[] candidates = [Tagged("star0", 1, "star"), Tagged("star1", 0.9, "star"), Tagged("other0", 0.85, "x"), Tagged("star2", 0.8, "star"), Tagged("other1", 0.5, "y"), Tagged("least", 0, "z")];
        var selected = Select(new ServingOptions { AuthorDecay = 0.8, Diversity = 0 }, 5, candidates);
        Assert.Equal(["star0", "other0", "star1", "other1", "star2"], Ids(selected));
        Assert.Equal([0, 0, 1, 0, 2], selected.Select(c => c.AuthorRepeats));
        Assert.Equal(["star0", "star1", "other0", "star2", "other1"], Ids(Select(new ServingOptions { AuthorDecay = 1, Diversity = 0 }, 5, candidates)));
    }

    [Fact]
    public void The_shortcut_selects_what_comparing_everything_with_everything_selects() => Prop.ForAll(
        Gen.Choose(1, 1_000_000).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            var options = new ServingOptions { Diversity = random.NextDouble() * 0.5, AuthorDecay = 0.5 + (random.NextDouble() / 2), AuthorCap = 2, AuthorWindow = 5, FreshShare = 0 };
            var candidates = Enumerable.Range(0, 40).Select(i => Tagged($"v{i:00}", Math.Round(random.NextDouble(), 1), $"author{random.Next(6)}", [.. Enumerable.Range(0, 4).Where(_ => random.Next(2) == 0)])).ToList();
            Assert.Equal(SlowSelection.Select(options, 15, candidates), Ids(Select(options, 15, candidates)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_drawn_video_that_the_author_cap_keeps_out_gives_its_place_to_the_ranked_ones()
    {
        var candidates = Enumerable.Range(0, 9).Select(i => Queries.Candidate($"v{i}", 10 - i, i < 3 ? "star" : $"author{i}"))
            .Append(Queries.Candidate("new", 0, "star", Source.Fresh, isExploration: true)).Append(Queries.Candidate("next", 0, "x", Source.Fresh, isExploration: true));
        var selected = Select(new ServingOptions { FreshShare = 0.1, AuthorDecay = 1, AuthorCap = 2 }, 5, candidates);
        Assert.Equal(["v0", "v1", "v3", "v4", "v5"], Ids(selected));
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
