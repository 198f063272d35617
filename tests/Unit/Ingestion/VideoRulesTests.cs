using Recommender.Ingestion.Catalog;
using Recommender.V1;

namespace Recommender.Tests.Unit.Ingestion;

public class VideoRulesTests
{
    [Theory]
    [InlineData("min_age", "18", true)]
    [InlineData("min_age", " 0 ", true)]
    [InlineData("min_age", "", true)]
    [InlineData("min_age", "18+", false)]
    [InlineData("min_age", "-1", false)]
    [InlineData("min_age", "151", false)]
    [InlineData("countries", "DE, at", true)]
    [InlineData("countries", "Germany", false)]
    [InlineData("blocked_countries", "US", true)]
    [InlineData("blocked_countries", "US;CA", false)]
    [InlineData("anything_else", "18+", true)]
    public void For_whom_a_video_is_must_be_readable(string attribute, string value, bool isGood)
    {
        var found = VideoRules.Check(new Video { VideoId = "v", Attributes = { [attribute] = value } }, "videos[0]").ToArray();
        if (isGood) Assert.Empty(found);
        else Assert.Equal($"videos[0].attributes[{attribute}]", Assert.Single(found).Field);
    }
}
