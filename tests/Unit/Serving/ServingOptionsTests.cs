using Recommender.Hosting.Configuration;
using Recommender.Serving;

namespace Recommender.Tests.Unit.Serving;

public class ServingOptionsTests
{
    private static string Problem(ServingOptions options) =>
        Assert.Throws<OptionsException>(() => options.Validate(new OptionsCheck(ServingOptions.Section))).Message;

    [Fact]
    public void The_defaults_are_good() => new ServingOptions().Validate(new OptionsCheck(ServingOptions.Section));

    [Fact]
    public void A_wrong_value_is_told_with_its_key()
    {
        Assert.Contains("Serving:ReadTimeout", Problem(new ServingOptions { ReadTimeout = TimeSpan.Zero }), StringComparison.Ordinal);
        Assert.Contains("Serving:FreshShare", Problem(new ServingOptions { FreshShare = 0.6 }), StringComparison.Ordinal);
        Assert.Contains("Serving:TrendingWindow", Problem(new ServingOptions { TrendingWindow = "2h" }), StringComparison.Ordinal);
        Assert.Contains("Serving:TrendingMaxAge", Problem(new ServingOptions { TrendingPoll = TimeSpan.FromSeconds(20) }), StringComparison.Ordinal);
        Assert.Contains("Serving:TrendingWeight", Problem(new ServingOptions { TrendingWeight = double.NaN }), StringComparison.Ordinal);
        Assert.Contains("Serving:Diversity", Problem(new ServingOptions { Diversity = 1 }), StringComparison.Ordinal);
        Assert.Contains("Serving:Sources:similar:Quota", Problem(new ServingOptions { Sources = { ["similar"] = new SourceSettings { Quota = 0 } } }), StringComparison.Ordinal);
        Assert.Contains("Serving:Sources:similar:Timeout", Problem(new ServingOptions { Sources = { ["similar"] = new SourceSettings { Timeout = TimeSpan.Zero } } }), StringComparison.Ordinal);
        Assert.Contains("Serving:AuthorCap", Problem(new ServingOptions { AuthorCap = 0 }), StringComparison.Ordinal);
    }
}
