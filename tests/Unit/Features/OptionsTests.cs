using Microsoft.Extensions.Configuration;
using Recommender.Features;
using Recommender.Features.Archiving;
using Recommender.Hosting.Configuration;

namespace Recommender.Tests.Unit.Features;

public sealed class OptionsTests
{
    private static IConfiguration Settings(string key, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]).Build();

    [Theory]
    [InlineData("Features:MaxBatch", "0")]
    [InlineData("Features:BatchMegabytes", "0")]
    [InlineData("Features:WriteDelay", "00:00:10.001")]
    [InlineData("Features:RedisTimeout", "00:00:00.001")]
    [InlineData("Features:RetryDelay", "00:02:00")]
    [InlineData("Features:TrendingVideos", "9")]
    [InlineData("Features:CachedDurations", "1")]
    [InlineData("Features:GroupId", " ")]
    [InlineData("Features:Speed", "11")]
    [InlineData("Archive:FlushInterval", "00:00:00.05")]
    [InlineData("Archive:FlushEvents", "0")]
    [InlineData("Archive:BufferMegabytes", "many")]
    public void A_wrong_setting_is_told_by_its_name(string key, string value)
    {
        var error = Assert.Throws<OptionsException>(() =>
        {
            OptionsBinding.Bind<FeaturesOptions>(Settings(key, value));
            OptionsBinding.Bind<ArchiveOptions>(Settings(key, value));
        });
        Assert.StartsWith(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_are_good()
    {
        new FeaturesOptions().Validate(new OptionsCheck("Features"));
        new ArchiveOptions().Validate(new OptionsCheck("Archive"));
    }
}
