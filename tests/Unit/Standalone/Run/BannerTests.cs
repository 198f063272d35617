using Recommender.Standalone.Cli;
using Recommender.Standalone.Run;

namespace Recommender.Tests.Unit.Standalone.Run;

public sealed class BannerTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("banner").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Theory]
    [InlineData(true, "https://127.0.0.1:5050  TLS, with reflection")]
    [InlineData(false, "127.0.0.1:5050    h2c, with reflection")]
    public void It_says_what_the_door_speaks(bool isTls, string told)
    {
        using var data = DataDirectory.Open(_path);
        var other = new ServerAddress("127.0.0.1", 5080);
        Assert.Contains(told, Banner.Text(new Addresses(new ServerAddress("127.0.0.1", 5050, isTls), other, other, other), data), StringComparison.Ordinal);
    }
}
