using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Redis;
using Recommender.Standalone.Embedded;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Integration.Doors;

namespace Recommender.Tests.Integration.Redis;

/// <summary>A server that wants a password and speaks TLS, with a certificate of a private authority.</summary>
public sealed class SecuredRedisTests : IAsyncLifetime
{
    private const string Password = "correct horse";
    private readonly TempDirectory _directory = TempDirectory.InMemory();
    private readonly ReservedPort _port = new();
    private readonly TestAuthority _authority = new("redis authority");
    private readonly TestAuthority _stranger = new("another authority");
    private Process _server = null!;
    private RedisOptions _options = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var program = Tool.Require("redis-server", "redis-server");
        var cli = Tool.Require("redis-cli", "redis-tools");
        var ca = _authority.WriteTo(_directory.Path);
        var (certificate, key) = _authority.Sign(_directory.Path, "redis");
        var port = _port.Number.ToString(CultureInfo.InvariantCulture);
        _server = Process.Start(program,
        [
            "--port", "0", "--tls-port", port, "--bind", "127.0.0.1", "--dir", _directory.Path, "--save", "", "--requirepass", Password, "--logfile", "redis.log",
            "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", ca, "--tls-auth-clients", "no",
        ]);
        await Eventually.TrueAsync(async () =>
            (await Tool.RunAsync(cli, ["-p", port, "--tls", "--cacert", ca, "--no-auth-warning", "-a", Password, "PING"])).Output.Trim() == "PONG", "the server is up");
        _options = new RedisOptions { Endpoints = "127.0.0.1:" + port, Password = Password, Ssl = true, SslCaLocation = ca, Timeout = TimeSpan.FromSeconds(10) };
    }

    public async ValueTask DisposeAsync()
    {
        _server.Kill();
        await _server.WaitForExitAsync();
        _server.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
        _port.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task With_the_password_and_the_authority_commands_and_scripts_work()
    {
        await using var client = Connect(_options);
        await client.SetAsync("k", new byte[] { 1, 2 }, cancellationToken: Cancelled);
        Assert.Equal([1, 2], await client.GetAsync("k", Cancelled));
        Assert.Equal(7, (await client.EvalAsync(new RedisScript("seven", "return 7"), ["k"], [], Cancelled)).AsInt64());
    }

    [Fact]
    public async Task Without_the_password_with_another_authority_or_in_plain_text_it_is_out_of_reach()
    {
        var strangers = Directory.CreateDirectory(Path.Combine(_directory.Path, "stranger")).FullName;
        foreach (var wrong in new[]
        {
            _options with { Password = "" }, _options with { Password = "wrong" }, _options with { SslCaLocation = _stranger.WriteTo(strangers) },
            _options with { SslCaLocation = "" }, _options with { Ssl = false, SslCaLocation = "" },
        })
        {
            await using var client = Connect(wrong with { Timeout = TimeSpan.FromSeconds(2), ConnectTimeout = TimeSpan.FromSeconds(1) });
            await Assert.ThrowsAsync<RedisUnavailableException>(() => client.GetAsync("k", Cancelled));
        }
    }

    private static RedisClient Connect(RedisOptions options) => new(options, TimeProvider.System, NullLogger<RedisClient>.Instance);
}
