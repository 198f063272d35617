using Recommender.Standalone.Cli;

namespace Recommender.Tests.Unit.Standalone.Cli;

public sealed class AddressAndDurationTests
{
    [Theory]
    [InlineData("127.0.0.1:5050", "127.0.0.1", 5050)]
    [InlineData("localhost:1", "localhost", 1)]
    [InlineData("http://rec.example:5050/", "rec.example", 5050)]
    [InlineData("[::1]:65535", "[::1]", 65535)]
    public void An_address_is_host_and_port(string text, string host, int port)
    {
        Assert.True(ServerAddress.TryParse(text, out var address));
        Assert.Equal(new ServerAddress(host, port), address);
        Assert.Equal(port, address.Uri.Port);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5050")]
    [InlineData(":5050")]
    [InlineData("host")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:-1")]
    [InlineData("::1:5050")]
    [InlineData("a b:5050")]
    [InlineData("ftp://host:5050")]
    public void Anything_else_is_none(string text) => Assert.False(ServerAddress.TryParse(text, out _));

    [Theory]
    [InlineData("https://host:5050", true, "https://host:5050/")]
    [InlineData("http://host:5050", false, "http://host:5050/")]
    [InlineData("host:5050", false, "http://host:5050/")]
    public void Https_before_it_means_TLS(string text, bool isTls, string uri)
    {
        Assert.True(ServerAddress.TryParse(text, out var address));
        Assert.Equal((isTls, uri), (address.IsTls, address.Uri.ToString()));
    }

    [Theory]
    [InlineData("12.5s", 12_500)]
    [InlineData("750ms", 750)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("3", 3_000)]
    [InlineData("-1s", -1_000)]
    public void A_length_of_time_has_a_unit_or_is_seconds(string text, int milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("1d")]
    [InlineData("NaN")]
    [InlineData("1e9s")]
    [InlineData("9000h")]
    public void Other_texts_are_no_length_of_time(string text) => Assert.False(DurationText.TryParse(text, out _));
}
