using Recommender.Standalone.Calls;
using Recommender.V1;

namespace Recommender.Tests.Unit.Standalone.Calls;

public sealed class RecommendationTextTests
{
    [Fact]
    public void A_line_per_video_with_title_tags_source_and_reason()
    {
        var answer = new RecommendResponse
        {
            ModelVersion = "m1",
            Degradation = Degradation.PrecomputedOnly,
            Videos = { new RecommendedVideo { VideoId = "video-1", Score = 0.51234, Source = Source.Realtime, Reason = "because" }, new RecommendedVideo { VideoId = "v", Score = 12 } },
        };
        var catalog = new Dictionary<string, Video> { ["video-1"] = new() { VideoId = "video-1", Title = new string('x', 60), Tags = { "a", "b" } } };

        Assert.Equal(
            $"""
            2 videos for u (model m1, degraded: precomputed only)
               1  video-1     0.5123  realtime     {new string('x', 45)}... [a, b]  - because
               2  v          12.0000  -          
            """, RecommendationText.Format(new RecommendRequest { UserId = "u" }, answer, catalog));
    }

    [Fact]
    public void Without_a_model_that_is_said() =>
        Assert.Equal("0 videos for u (no model yet)", RecommendationText.Format(new RecommendRequest { UserId = "u" }, new RecommendResponse(), new Dictionary<string, Video>()));
}
