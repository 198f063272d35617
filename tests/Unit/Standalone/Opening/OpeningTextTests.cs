using Recommender.Standalone.Opening;
using Recommender.Standalone.Simulate;
using Recommender.V1;

namespace Recommender.Tests.Unit.Standalone.Opening;

public sealed class OpeningTextTests
{
    private static TrainingRun Run(string trainer, double own, double popularity) => new()
    {
        State = TrainingRun.Types.State.Succeeded,
        Trainer = trainer,
        ModelVersion = "m1",
        StartedAt = new() { Seconds = 10 },
        EndedAt = new() { Seconds = 12, Nanos = 500_000_000 },
        Metrics = { ["ndcg@20"] = own, ["popularity_ndcg@20"] = popularity },
    };

    [Fact]
    public void A_model_is_told_with_its_quality_and_that_of_popularity() => Assert.Equal(
        "Model m1 (ials) trained in 2.5 s: nDCG@20 0.138, against 0.060 for recommending what is popular.", FirstModel.Describe(Run("ials", 0.1379, 0.0601)));

    [Fact]
    public void Where_popularity_wins_that_is_told_as_it_is() => Assert.Equal(
        "Model m1 (popularity) trained in 2.5 s: nDCG@20 0.110.", FirstModel.Describe(Run("popularity", 0.11, 0.11)));

    [Fact]
    public void A_run_that_failed_says_why() => Assert.Equal(
        "No model could be trained: too little data", FirstModel.Describe(new TrainingRun { State = TrainingRun.Types.State.Failed, Error = "too little data" }));

    [Fact]
    public void Before_and_after_stand_side_by_side()
    {
        var taste = new double[Theme.All.Count];
        (taste[0], taste[7]) = (1, 0.5);
        var catalog = new Dictionary<string, Video>
        {
            ["a"] = new() { VideoId = "a", Title = "Soup", Tags = { "cooking" } },
            ["b"] = new() { VideoId = "b", Title = "Wave", Tags = { "surfing" } },
        };
        var world = World.Create(new AudienceSettings());
        var text = LikeText.Format(new SimulatedViewer("v1", taste, 1), "surfing", [.. world.Videos.Take(3)], ["a", "unknown"], ["b", "a"], catalog, 2);

        Assert.Equal(
            $"""

            v1, whose hidden taste is cooking and chess, likes 3 videos about surfing:
                 {"recommended before",-50}  after
              1. {"Soup [cooking]",-50}  Wave [surfing]
              2. {"unknown",-50}  Soup [cooking]
                 surfing among the first 2: 0 before, 1 after

            """, text);
    }

    [Fact]
    public void A_viewer_without_a_taste_was_never_seen() =>
        Assert.Contains("n1, never seen before, likes 0 videos", LikeText.Format(new SimulatedViewer("n1", new double[Theme.All.Count], 0), "cats", [], [], [], new Dictionary<string, Video>(), 5), StringComparison.Ordinal);
}
