using Grpc.Core;
using Recommender.Hosting;
using Recommender.Hosting.Configuration;
using Recommender.Serving;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Doors;

/// <summary>Signed tokens of an OpenID Connect issuer at the door of serving.</summary>
public sealed class IssuerDoorTests : IAsyncDisposable
{
    private const string Subject = "system:serviceaccount:app:backend";

    private readonly TempDirectory _files = new();
    private readonly TestIssuer _issuer = new();
    private readonly string _callers;

    public IssuerDoorTests()
    {
        _callers = Path.Combine(_files.Path, "callers");
        File.WriteAllLines(_callers, [$"app subject:{Subject} recommendation", "jobs subject:jobs training", "late subject:late recommendation 2020-01-01"]);
    }

    [Fact]
    public async Task A_token_of_the_issuer_proves_its_subject_and_nothing_else_does()
    {
        await _issuer.StartAsync();
        await using var service = await StartAsync();
        Assert.Equal("OK", await AskAsync(service, _issuer.Token(Subject)));
        (string Token, string Answer)[] refused =
        [
            (_issuer.Token("jobs"), "PermissionDenied: the caller jobs has not the scope recommendation"),
            (_issuer.Token("stranger"), "PermissionDenied: the token's subject is no caller here"),
            (_issuer.Token("late"), "Unauthenticated: the caller's time is over"),
            (_issuer.Token(Subject, audience: "another"), "Unauthenticated: the token is for another audience"),
            (_issuer.Token(Subject, issuer: "https://another.example.org"), "Unauthenticated: the token is of another issuer"),
            (_issuer.Token(Subject, endsIn: TimeSpan.FromMinutes(-1)), "Unauthenticated: the caller's time is over"),
            (_issuer.Token(Subject, beginsIn: TimeSpan.FromMinutes(2)), "Unauthenticated: the token's time has not begun"),
            (_issuer.Token(null), "Unauthenticated: the token names no subject"),
            (_issuer.Token(Subject, by: _issuer.Forged()), "Unauthenticated: the token's signature is not of the issuer's keys"),
            (_issuer.Token(Subject, by: _issuer.BySharedSecret()), "Unauthenticated: the token's signature is not of the issuer's keys"),
            (WithoutSignature(_issuer.Token(Subject)), "Unauthenticated: the token's signature is not of the issuer's keys"),
            ("not.a.token", "Unauthenticated: the token is unknown"),
            ("neither", "Unauthenticated: the token is unknown"),
        ];
        foreach (var (token, answer) in refused) Assert.Equal(answer, await AskAsync(service, token));
        // What was refused has spoilt nothing.
        Assert.Equal("OK", await AskAsync(service, _issuer.Token(Subject)));
    }

    [Fact]
    public async Task A_token_that_was_verified_is_not_taken_beyond_its_end_and_ends_its_stream()
    {
        await _issuer.StartAsync();
        await using var service = await StartAsync();
        // Clocks may differ by half a minute, so this one has some seconds left: as many as a busy machine may need to open a stream.
        var token = _issuer.Token(Subject, endsIn: TimeSpan.FromSeconds(-12));
        using var feed = new RecommendationService.RecommendationServiceClient(service.Channel).Feed(new Metadata { { "authorization", "Bearer " + token } });
        await feed.RequestStream.WriteAsync(new FeedRequest { Start = new FeedStart { Request = new RecommendRequest { UserId = "alice" } } }, TestContext.Current.CancellationToken);
        Assert.True(await feed.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        await Eventually.TrueAsync(async () => await AskAsync(service, token) == "Unauthenticated: the caller's time is over");
        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            for (var i = 0; i < 600; i++)
            {
                try
                {
                    await feed.RequestStream.WriteAsync(new FeedRequest { Buffer = new FeedBuffer() }, TestContext.Current.CancellationToken);
                }
                catch (Exception e) when (e is RpcException or InvalidOperationException)
                {
                    // A call that has ended takes no messages; how it ended is told to whoever reads.
                }
                if (!await feed.ResponseStream.MoveNext(TestContext.Current.CancellationToken)) return;
                await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
            }
        });
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    [Fact]
    public async Task Keys_that_the_issuer_has_replaced_are_taken_without_a_restart()
    {
        await _issuer.StartAsync();
        await using var service = await StartAsync();
        Assert.Equal("OK", await AskAsync(service, _issuer.Token(Subject)));
        _issuer.Turn();
        await Eventually.TrueAsync(async () => await AskAsync(service, _issuer.Token(Subject)) == "OK");
    }

    [Fact]
    public async Task While_the_issuer_is_out_of_reach_its_tokens_are_UNAVAILABLE_and_verified_ones_go_on()
    {
        await _issuer.StartAsync();
        var token = _issuer.Token(Subject);
        await _issuer.StopAsync();
        await using var service = await StartAsync();
        Assert.Equal("Unavailable: the keys of the token's issuer can't be read now", await AskAsync(service, token));
        await _issuer.StartAsync();
        await Eventually.TrueAsync(async () => await AskAsync(service, token) == "OK");
        await _issuer.StopAsync();
        Assert.Equal("OK", await AskAsync(service, token));
        Assert.Equal("OK", await AskAsync(service, _issuer.Token(Subject)));
    }

    [Fact]
    public async Task An_issuer_with_a_certificate_of_its_own_authority_that_wants_a_token_is_asked_with_it()
    {
        using var authority = new TestAuthority("The issuer's authority");
        await using var issuer = new TestIssuer("shown");
        await issuer.StartAsync(authority.Sign(_files.Path, "issuer"));
        var (ca, shown) = (authority.WriteTo(_files.Path), Path.Combine(_files.Path, "shown"));
        await File.WriteAllTextAsync(shown, "shown\n", TestContext.Current.CancellationToken);
        await using (var service = await StartAsync(issuer, "Auth:IssuerCaPath=" + ca, "Auth:IssuerTokenPath=" + shown))
            Assert.Equal("OK", await AskAsync(service, issuer.Token(Subject)));
        await using (var service = await StartAsync(issuer, "Auth:IssuerCaPath=" + ca))
            Assert.StartsWith("Unavailable", await AskAsync(service, issuer.Token(Subject)), StringComparison.Ordinal);
        await using (var service = await StartAsync(issuer, "Auth:IssuerTokenPath=" + shown))
            Assert.StartsWith("Unavailable", await AskAsync(service, issuer.Token(Subject)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Auth:Issuer is http://issuer.example.org", "http is for loopback alone", "Auth:Issuer=http://issuer.example.org", "Auth:Audience=recommender")]
    [InlineData("Auth:Issuer is issuer", "it must be a URL", "Auth:Issuer=issuer", "Auth:Audience=recommender")]
    [InlineData("Auth:Audience is ", "1 to 256 characters", "Auth:Issuer=https://issuer.example.org")]
    [InlineData("Auth:Audience is recommender", "it needs Auth:Issuer", "Auth:Audience=recommender")]
    [InlineData("Auth:IssuerCaPath is '/nowhere'", "readable PEM file", "Auth:Issuer=https://issuer.example.org", "Auth:Audience=recommender", "Auth:IssuerCaPath=/nowhere")]
    [InlineData("Auth:Issuer is empty", "names subjects")]
    public void Settings_that_do_not_fit_stop_the_start_with_a_sentence(string what, string why, params string[] settings)
    {
        var wrong = Assert.Throws<OptionsException>(() => ServiceHost.Build("test", ["--Auth:CallersPath=" + _callers, .. settings.Select(s => "--" + s)], _ => { }, _ => { }));
        Assert.Contains(what, wrong.Message, StringComparison.Ordinal);
        Assert.Contains(why, wrong.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _issuer.DisposeAsync();
        _files.Dispose();
    }

    private static string WithoutSignature(string token)
    {
        var parts = token.Split('.');
        return Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""") + "." + parts[1] + ".";
    }

    private Task<RunningService> StartAsync() => StartAsync(_issuer);

    private Task<RunningService> StartAsync(TestIssuer issuer, params string[] more) => RunningService.StartAsync("test", b => b.AddServing(), a => a.MapServing(),
    [
        "Kafka:BootstrapServers=127.0.0.1:1", "Redis:Endpoints=127.0.0.1:1", "Storage:ModelsPath=" + _files.Path, "Serving:CatalogPatience=00:00:00",
        "Auth:CallersPath=" + _callers, "Auth:Issuer=" + issuer.Url, "Auth:Audience=recommender", .. more,
    ]);

    private static async Task<string> AskAsync(RunningService service, string token)
    {
        try
        {
            await new RecommendationService.RecommendationServiceClient(service.Channel)
                .RecommendAsync(new RecommendRequest { UserId = "alice" }, new Metadata { { "authorization", "Bearer " + token } });
            return "OK";
        }
        catch (RpcException e)
        {
            return $"{e.StatusCode}: {e.Status.Detail}";
        }
    }
}
