using Recommender.Serving;
using Recommender.Serving.Catalog;
using Recommender.Serving.Exposure;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Exposure;

public sealed class ExposureTests : IDisposable
{
    private readonly ServingMetrics _metrics = new();
    private readonly VideoCatalog _catalog = new(new ServingOptions());

    public void Dispose() => _metrics.Dispose();

    [Theory]
    [InlineData(0.0, 5, 5, 5, 5)]
    [InlineData(0.75, 0, 0, 0, 9)]
    [InlineData(0.25, 3, 1, 2, 4)]
    [InlineData(0.0, 7)]
    public void The_gini_coefficient_is_as_defined(double expected, params int[] counts) =>
        Assert.Equal(expected, ExposureBoard.GiniOf([.. counts.Select(c => (long)c)]), 9);

    [Fact]
    public void The_last_full_window_is_what_counts()
    {
        var time = new ManualTime(Queries.Now);
        // The catalog holds all but the last, and has a newer state of one in the middle of a window.
        for (var i = 0; i < 7; i++) _catalog.Upsert($"v{i}", "", 0);
        var board = new ExposureBoard(_catalog, _metrics, time);
        Assert.Null(board.Current());
        Show(board, "v0", "v1");
        _catalog.Upsert("v0", "author", 0);
        Show(board, "v0", "v2");
        Assert.Equal(3.0 / 7, board.Current()!.Coverage, 9);
        // Counts 1, 1, 2.
        Assert.Equal(1.0 / 6, board.Current()!.Gini, 9);
        time.Advance(TimeSpan.FromMinutes(10));
        // One that was shown in the window before counts anew.
        Show(board, "v7", "v0");
        Assert.Equal(3.0 / 7, board.Current()!.Coverage, 9);
        time.Advance(TimeSpan.FromMinutes(10));
        Show(board, "v6");
        Assert.Equal(2.0 / 7, board.Current()!.Coverage, 9);
        Assert.Equal(2.0 / 7, _metrics.Read(ServingMetrics.Coverage));
        Assert.Equal(0, _metrics.Read(ServingMetrics.ExposureGini));
    }

    [Fact]
    public void Diversity_is_the_mean_dissimilarity_of_pairs()
    {
        var traits = new VideoCatalog(new ServingOptions()).Traits;
        var query = Queries.Create();
        foreach (var tags in (string[][])[["x"], ["x"], ["x", "y"]])
        {
            var candidate = Queries.Candidate($"v{query.Scratch.Selected.Count}");
            candidate.Video = new CatalogVideo(candidate.VideoId, 0, "", 0, false) { Traits = traits.Of(new Video { Tags = { tags } }) };
            query.Scratch.Selected.Add(candidate);
        }
        // Pairs: 0, 1/2, 1/2.
        Assert.Equal(1.0 / 3, AnswerDiversity.Of(query), 6);
    }

    private void Show(ExposureBoard board, params string[] videos)
    {
        var query = Queries.Create();
        foreach (var id in videos)
        {
            var candidate = Queries.Candidate(id);
            candidate.Video = _catalog.TryFind(id, out var video) ? video : null;
            query.Scratch.Selected.Add(candidate);
        }
        board.After(query, new RecommendResponse());
    }
}
