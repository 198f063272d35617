using Recommender.Serving.Api;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Api;

public class ExplanationsTests
{
    [Fact]
    public void The_score_is_told_with_its_parts()
    {
        var candidate = new Candidate { VideoId = "v", Source = Source.Realtime, Item = 1, Score = new ScoreParts(0.5, 0.25, 0) };
        Assert.Equal("Because. Score 0.75 = 0.5 fit to this viewer + 0.25 similar to a new like.", Explanations.Describe("Because", candidate));
    }

    [Fact]
    public void A_learned_score_is_told_by_what_is_expected()
    {
        var score = new ScoreParts { IsLearned = true, Like = 0.25, Share = 0.125, Watch = 0.5 };
        var candidate = new Candidate { VideoId = "v", Source = Source.Realtime, Item = 1, Score = score };
        Assert.Equal(
            "Because. Score 0.875 = 0.25 for the likes expected + 0.125 for the shares expected + 0.5 for the watching expected.",
            Explanations.Describe("Because", candidate));
    }

    [Fact]
    public void Exploration_tells_its_probability()
    {
        var candidate = new Candidate { VideoId = "v", Source = Source.Fresh, Item = -1, IsExploration = true, Propensity = 0.125 };
        Assert.Equal("New. Drawn at random with probability 0.125.", Explanations.Describe("New", candidate));
    }
}
