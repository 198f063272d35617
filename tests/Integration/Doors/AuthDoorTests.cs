using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Recommender.Features;
using Recommender.Hosting;
using Recommender.Hosting.Auth;
using Recommender.Hosting.Configuration;
using Recommender.Ingestion;
using Recommender.Serving;
using Recommender.Tests.Fixtures;
using Recommender.Training;
using Recommender.V1;

namespace Recommender.Tests.Integration.Doors;

/// <summary>Bearer tokens and certificates with scopes, at the doors of all four services in one process.</summary>
public sealed class AuthDoorTests : IDisposable
{
    private static readonly byte[] s_recommend = new RecommendRequest { UserId = "alice" }.ToByteArray();

    private readonly TempDirectory _files = new();
    private readonly TestAuthority _authority = new("Test authority");
    private readonly string _all = BearerToken.Create();
    private readonly string _some = BearerToken.Create();
    private readonly string _old = BearerToken.Create();
    private readonly string _callers;

    public AuthDoorTests()
    {
        _callers = Path.Combine(_files.Path, "callers");
        File.WriteAllLines(_callers,
        [
            CallersFile.Line("admin", _all, ["*"], null), CallersFile.Line("app", _some, ["recommendation"], null),
            CallersFile.Line("old", _old, ["*"], new DateOnly(2020, 1, 1)), "localhost-program certificate:localhost recommendation",
        ]);
    }

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task Who_has_no_good_token_is_UNAUTHENTICATED_and_who_has_not_the_scope_is_PERMISSION_DENIED(string language)
    {
        await using var service = await StartAsync();
        var at = new Uri(service.GrpcAddress).Authority;
        (string Method, byte[] Request, string Scope)[] doors =
        [
            ("/recommender.v1.RecommendationService/Recommend", s_recommend, "recommendation"),
            ("/recommender.v1.IngestionService/TrackEvent", [], "ingestion"),
            ("/recommender.v1.CatalogService/UpsertVideos", [], "catalog"),
            ("/recommender.v1.PrivacyService/ForgetUser", [], "privacy"),
            ("/recommender.v1.FeatureService/GetUserFeatures", [], "features"),
            ("/recommender.v1.TrainingService/GetTrainingRun", [], "training"),
            ("/recommender.v1.ModelRegistryService/PromoteModel", [], "registry"),
        ];
        foreach (var (method, request, scope) in doors)
        {
            var results = await ForeignDoors.CallAsync(language,
                [.. new[] { null, "Bearer wrong", "Basic " + _all, "Bearer " + _old, "Bearer " + _some, "bearer " + _all }
                    .Select(token => new ForeignCase(at, method, Convert.ToHexString(request), token))]);
            Assert.Equal(["UNAUTHENTICATED", "UNAUTHENTICATED", "UNAUTHENTICATED", "UNAUTHENTICATED"], results[..4].Select(r => r.Status));
            Assert.Contains("authorization: Bearer", results[0].Details, StringComparison.Ordinal);
            Assert.Contains("is over", results[3].Details, StringComparison.Ordinal);
            var isRecommend = scope == "recommendation";
            Assert.Equal(isRecommend ? "OK" : "PERMISSION_DENIED", results[4].Status);
            if (!isRecommend) Assert.Contains($"the scope {scope}", results[4].Details, StringComparison.Ordinal);
            // Past the gate the door itself judges what was sent.
            Assert.Equal(isRecommend ? "OK" : "past the gate", isRecommend ? results[5].Status : results[5].Status is "UNAUTHENTICATED" or "PERMISSION_DENIED" ? results[5].Status : "past the gate");
        }
    }

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task A_certificate_proves_a_caller_as_a_token_does(string language)
    {
        var server = _authority.Sign(_files.Path, "server");
        var ca = _authority.WriteTo(_files.Path);
        await using var service = await StartAsync("Server:TlsCertificatePath=" + server.Certificate, "Server:TlsKeyPath=" + server.Key, "Server:TlsClientCaPath=" + ca);
        var known = _authority.Sign(_files.Path, "client"); // every certificate of this authority has the DNS name localhost
        using var others = new TestAuthority("Another authority");
        var foreign = others.Sign(_files.Path, "foreign");
        var at = "localhost:" + new Uri(service.GrpcAddress).Port;
        ForeignCase Case(string method, byte[] request, (string Certificate, string Key)? own, string? token = null) =>
            new(at, method, Convert.ToHexString(request), token, ca, own?.Certificate, own?.Key);
        var results = await ForeignDoors.CallAsync(language,
        [
            Case("/recommender.v1.RecommendationService/Recommend", s_recommend, known),
            Case("/recommender.v1.IngestionService/TrackEvent", [], known),
            Case("/recommender.v1.IngestionService/TrackEvent", [], known, "Bearer " + _all),
            Case("/recommender.v1.RecommendationService/Recommend", s_recommend, known, "Bearer wrong"), // a wrong token is not made good by a certificate
            Case("/recommender.v1.RecommendationService/Recommend", s_recommend, null),
            Case("/recommender.v1.RecommendationService/Recommend", s_recommend, foreign),
        ]);
        Assert.Equal(["OK", "PERMISSION_DENIED", "INVALID_ARGUMENT", "UNAUTHENTICATED", "UNAVAILABLE", "UNAVAILABLE"], results.Select(r => r.Status));
    }

    [Fact]
    public async Task Health_metrics_and_probes_are_open_and_reflection_wants_any_caller()
    {
        await using var service = await StartAsync();
        var health = new Health.HealthClient(service.Channel);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest { Service = "liveness" })).Status);
        using var http = new HttpClient();
        Assert.NotEmpty(await http.GetStringAsync(new Uri(service.HttpAddress + "/healthz"), TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.Unauthenticated, await ReflectAsync(service, null));
        Assert.Equal(StatusCode.OK, await ReflectAsync(service, _some));
        var metrics = await http.GetStringAsync(new Uri(service.HttpAddress + "/metrics"), TestContext.Current.CancellationToken);
        Assert.Contains("recommender_auth_refused_total{reason=\"missing\"}", metrics, StringComparison.Ordinal);
        Assert.Contains("rpc_method=\"grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo\",rpc_response_status_code=\"UNAUTHENTICATED\"", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain(_some, metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_ends_when_its_token_is_taken_back()
    {
        await using var service = await StartAsync();
        var lines = await File.ReadAllLinesAsync(_callers, TestContext.Current.CancellationToken);
        using var feed = new RecommendationService.RecommendationServiceClient(service.Channel).Feed(new Metadata { { "authorization", "Bearer " + _some } });
        using var events = new IngestionService.IngestionServiceClient(service.Channel).StreamEvents(new Metadata { { "authorization", "Bearer " + _all } });
        await feed.RequestStream.WriteAsync(new FeedRequest { Start = new FeedStart { Request = new RecommendRequest { UserId = "alice" } } }, TestContext.Current.CancellationToken);
        Assert.True(await feed.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        await File.WriteAllLinesAsync(_callers, lines.Where(l => !l.StartsWith("app ", StringComparison.Ordinal)), TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<RpcException>(() => AskUntilTheEndAsync(
            () => feed.RequestStream.WriteAsync(new FeedRequest { Buffer = new FeedBuffer() }, TestContext.Current.CancellationToken), feed.ResponseStream.MoveNext));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);

        // Who may still call goes on.
        await events.RequestStream.WriteAsync(new TrackEventRequest(), TestContext.Current.CancellationToken);
        Assert.True(await events.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Contains("event: is missing", events.ResponseStream.Current.RejectedReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_file_of_callers_anyone_may_call()
    {
        await using var service = await RunningService.StartAsync("test", b => b.AddServing(), a => a.MapServing(), Settings());
        var client = new RecommendationService.RecommendationServiceClient(service.Channel);
        await client.RecommendAsync(new RecommendRequest { UserId = "alice" });
    }

    [Fact]
    public void A_file_that_cannot_be_used_stops_the_start_with_a_sentence()
    {
        var missing = Assert.Throws<OptionsException>(() => ServiceHost.Build("test", ["--Auth:CallersPath=" + _callers + ".x"], _ => { }, _ => { }));
        Assert.Contains("Auth:CallersPath is '", missing.Message, StringComparison.Ordinal);
        File.AppendAllText(_callers, "half a line\n");
        var wrong = Assert.Throws<OptionsException>(() => ServiceHost.Build("test", ["--Auth:CallersPath=" + _callers], _ => { }, _ => { }));
        Assert.Contains("line 5", wrong.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _files.Dispose();
    }

    private string[] Settings() =>
        ["Kafka:BootstrapServers=127.0.0.1:1", "Redis:Endpoints=127.0.0.1:1", "Storage:ArchivePath=" + _files.Path, "Storage:ModelsPath=" + _files.Path, "Serving:CatalogPatience=00:00:00"];

    private Task<RunningService> StartAsync(params string[] more) => RunningService.StartAsync(
        "test",
        b =>
        {
            b.AddIngestion();
            b.AddFeatures();
            b.AddTraining();
            b.AddServing();
        },
        a =>
        {
            a.MapIngestion();
            a.MapFeatures();
            a.MapTraining();
            a.MapServing();
        },
        [.. Settings(), "Auth:CallersPath=" + _callers, .. more]);

    private static async Task AskUntilTheEndAsync(Func<Task> ask, Func<CancellationToken, Task<bool>> next)
    {
        for (var i = 0; i < 600; i++)
        {
            try
            {
                await ask();
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException)
            {
                // A call that has ended takes no messages; how it ended is told to whoever reads.
            }
            if (!await next(TestContext.Current.CancellationToken)) return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        }
    }

    private static async Task<StatusCode> ReflectAsync(RunningService service, string? token)
    {
        var headers = token is null ? null : new Metadata { { "authorization", "Bearer " + token } };
        using var call = new ServerReflection.ServerReflectionClient(service.Channel).ServerReflectionInfo(headers);
        try
        {
            await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }, TestContext.Current.CancellationToken);
            await call.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            // A call that has ended takes no messages; how it ended is told to whoever reads.
        }
        try
        {
            Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }
}
