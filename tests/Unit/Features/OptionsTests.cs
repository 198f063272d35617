using Microsoft.Extensions.Configuration;
using Recommender.Features;
using Recommender.Features.Archiving;
using Recommender.Hosting.Artifacts;
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

    [Theory]
    [InlineData("Storage:ArchivePath")]
    [InlineData("Storage:ModelsPath")]
    public void A_folder_must_not_be_a_file(string key)
    {
        var file = typeof(OptionsTests).Assembly.Location;
        Assert.Equal($"{key} is {file}; it must be a folder.", Assert.Throws<OptionsException>(() => OptionsBinding.Bind<StorageOptions>(Settings(key, file))).Message);
    }

    [Theory]
    [InlineData("a:1", true)]
    [InlineData("a:1, b.example.org:65535", true)]
    [InlineData("[::1]:9092", true)]
    [InlineData("::1:9092", false)]
    [InlineData("a", false)]
    [InlineData("a:0", false)]
    [InlineData("a:65536", false)]
    [InlineData(":9092", false)]
    [InlineData("a:1,", false)]
    [InlineData("ssl://a:1", false)]
    public void Addresses_are_hosts_with_ports(string text, bool isGood)
    {
        var error = Record.Exception(() => new OptionsCheck("Redis").Addresses(text, "Endpoints"));
        if (isGood) Assert.Null(error);
        else Assert.StartsWith($"Redis:Endpoints is {text}; it must be host:port", Assert.IsType<OptionsException>(error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_are_good()
    {
        new FeaturesOptions().Validate(new OptionsCheck("Features"));
        new ArchiveOptions().Validate(new OptionsCheck("Archive"));
    }
}
