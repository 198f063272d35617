using Recommender.Hosting.Online;
using Recommender.Serving;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving;

public sealed class OutageTests : IAsyncLifetime
{
    private readonly ServingFixture _serving = new();

    public ValueTask InitializeAsync() => _serving.InitializeAsync();

    public ValueTask DisposeAsync() => _serving.DisposeAsync();

    [Fact]
    public async Task A_dead_Redis_costs_personal_answers_only_until_it_is_back()
    {
        await _serving.SetTrendingAsync("24h", 0, ("t1", 100));
        await _serving.SetStateAsync("u", ("a03", EventType.View));
        await Eventually.TrueAsync(async () => (await _serving.TrendingAsync("24h")).Videos[0].VideoId == "t1");
        Assert.Equal(Source.Realtime, (await _serving.RecommendAsync("u")).Videos[0].Source);

        await _serving.Redis.Server.KillAsync();
        for (var i = 0; i < 100; i++)
        {
            var response = await _serving.RecommendAsync("u");
            Assert.Equal(20, response.Videos.Count);
            Assert.Contains(response.Degradation, new[] { Degradation.TrendingOnly, Degradation.Stale });
            Assert.Equal("t1", response.Videos[0].VideoId);
        }
        var told = await _serving.RecommendAsync("u", r => r.RecentVideoIds.Add(["b00", "b01"]));
        Assert.Equal(Degradation.Stale, told.Degradation);
        Assert.All(told.Videos.Take(10), v => Assert.Equal((Source.Realtime, 'b'), (v.Source, v.VideoId[0])));
        Assert.Equal("t1", (await _serving.TrendingAsync("24h")).Videos[0].VideoId);

        await _serving.Redis.Server.StartAgainAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () => (await _serving.RecommendAsync("u")).Degradation == Degradation.None);
    }

    [Fact]
    public async Task Whatever_is_killed_under_load_no_call_fails()
    {
        await _serving.SetStateAsync("u", ("a03", EventType.View));
        await _serving.SetListAsync("listed", ServingFixture.FirstVersion, [.. Enumerable.Range(0, 50).Select(i => ($"b{i:00}", 1f - (i * 0.01f)))]);
        using var stop = new CancellationTokenSource();
        var (calls, failures) = (0, new System.Collections.Concurrent.ConcurrentBag<string>());
        string[] users = ["u", "listed", "stranger"];
        var callers = Enumerable.Range(0, 6).Select(caller => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    var response = await _serving.Client.RecommendAsync(
                        new RecommendRequest { UserId = users[caller % 3], RecentVideoIds = { caller < 3 ? ["a05"] : [] } }, deadline: DateTime.UtcNow.AddSeconds(20));
                    if (response.Videos.Count != 20 || response.Tier.Length == 0) failures.Add($"{response.Videos.Count} videos, tier '{response.Tier}'");
                    Interlocked.Increment(ref calls);
                }
                catch (Grpc.Core.RpcException e)
                {
                    failures.Add(e.Status.ToString());
                }
            }
        })).ToArray();
        async Task SomeCallsAsync(Func<RecommendResponse, bool>? until = null)
        {
            var enough = Volatile.Read(ref calls) + 50;
            await Eventually.TrueAsync(async () => Volatile.Read(ref calls) >= enough && until?.Invoke(await _serving.RecommendAsync("u")) != false);
        }

        await SomeCallsAsync(r => r.Degradation == Degradation.None);
        await _serving.Redis.Server.KillAsync();
        await SomeCallsAsync(r => r.Degradation != Degradation.None);
        await _serving.Redis.Server.StartAgainAsync(TestContext.Current.CancellationToken);
        await SomeCallsAsync();
        _serving.Kafka.Broker.SetDown();
        await SomeCallsAsync();
        _serving.HideStore();
        await SomeCallsAsync();
        await _serving.Redis.Server.KillAsync();
        await SomeCallsAsync(r => r.Degradation != Degradation.None);
        _serving.Kafka.Broker.SetUp();
        _serving.ShowStore();
        await _serving.Redis.Server.StartAgainAsync(TestContext.Current.CancellationToken);
        await SomeCallsAsync(r => r.Degradation == Degradation.None);
        await stop.CancelAsync();
        await Task.WhenAll(callers);
        Assert.Empty(failures.Distinct());
    }

    [Fact]
    public async Task A_caller_with_too_many_calls_under_way_is_told_so_at_once_and_others_are_answered()
    {
        await using var small = await _serving.StartAsync("Serving:CallerConcurrency=2", "Serving:HedgeDelay=00:00:05");
        var client = new RecommendationService.RecommendationServiceClient(small.Channel);
        Task<RecommendResponse> CallAsync(string caller) =>
            client.RecommendAsync(new RecommendRequest { UserId = "u" }, new Grpc.Core.Metadata { { "x-caller-id", caller } }).ResponseAsync;
        await Eventually.TrueAsync(async () => (await CallAsync("a")).Degradation == Degradation.None);
        var process = _serving.Redis.Server.ProcessId!.Value;
        await Tool.SignalAsync(process, "STOP");
        Task<RecommendResponse>[] under = [CallAsync("a"), CallAsync("a")];
        try
        {
            // Which of them arrive first is open, but one of three must be turned away, and long before Redis would have answered.
            var third = CallAsync("a");
            var first = await Task.WhenAny([.. under, third]);
            var turnedAway = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => first);
            Assert.Equal(Grpc.Core.StatusCode.ResourceExhausted, turnedAway.StatusCode);
            under = [.. under.Append(third).Where(call => call != first)];
            under = [.. under, CallAsync("b")];
        }
        finally
        {
            await Tool.SignalAsync(process, "CONT");
        }
        Assert.All(await Task.WhenAll(under), response => Assert.Equal(20, response.Videos.Count));
    }

    [Fact]
    public async Task Trending_that_was_read_too_long_ago_is_stale()
    {
        await using var hasty = await _serving.StartAsync("Serving:TrendingMaxAge=00:00:01");
        var client = new RecommendationService.RecommendationServiceClient(hasty.Channel);
        await Eventually.TrueAsync(async () => (await client.TrendingVideosAsync(new TrendingVideosRequest())).Degradation == Degradation.None);
        await _serving.Redis.Server.KillAsync();
        await Eventually.TrueAsync(async () => (await client.TrendingVideosAsync(new TrendingVideosRequest())).Degradation == Degradation.Stale);
        Assert.Equal(Degradation.Stale, (await client.RecommendAsync(new RecommendRequest { UserId = "u" })).Degradation);
    }

    [Fact]
    public async Task A_Redis_that_hangs_does_not_cost_a_caller_the_deadline()
    {
        await _serving.SetStateAsync("u", ("a03", EventType.View));
        var process = _serving.Redis.Server.ProcessId!.Value;
        await Tool.SignalAsync(process, "STOP");
        try
        {
            // The service would wait five seconds for Redis; the caller waits less. On a machine that stood still meanwhile, the second answer counts.
            var response = await AskAsync() ?? await AskAsync();
            Assert.NotNull(response);
            Assert.Equal(20, response.Videos.Count);
            Assert.Contains(response.Degradation, new[] { Degradation.TrendingOnly, Degradation.Stale });
        }
        finally
        {
            await Tool.SignalAsync(process, "CONT");
        }
        await Eventually.TrueAsync(async () => (await _serving.RecommendAsync("u")).Degradation == Degradation.None);

        async Task<RecommendResponse?> AskAsync()
        {
            try
            {
                return await _serving.Client.RecommendAsync(new RecommendRequest { UserId = "u" }, deadline: DateTime.UtcNow.AddSeconds(4.5));
            }
            catch (Grpc.Core.RpcException e) when (e.StatusCode == Grpc.Core.StatusCode.DeadlineExceeded)
            {
                return null;
            }
        }
    }

    [Fact]
    public async Task A_Redis_that_hangs_is_soon_left_alone()
    {
        await using var quick = await _serving.StartAsync("Serving:ReadTimeout=00:00:00.5", "Serving:BreakDuration=00:01:00");
        var client = new RecommendationService.RecommendationServiceClient(quick.Channel);
        await Eventually.TrueAsync(async () => (await client.RecommendAsync(new RecommendRequest { UserId = "u" })).Degradation == Degradation.None);
        var process = _serving.Redis.Server.ProcessId!.Value;
        await Tool.SignalAsync(process, "STOP");
        try
        {
            for (var i = 0; i < 10; i++) await client.RecommendAsync(new RecommendRequest { UserId = "u" });
            using var http = new HttpClient { BaseAddress = new Uri(quick.HttpAddress) };
            var before = Count(await http.GetStringAsync("/metrics", TestContext.Current.CancellationToken), "timeout");
            for (var i = 0; i < 100; i++) await client.RecommendAsync(new RecommendRequest { UserId = "u" });
            Assert.Equal(before, Count(await http.GetStringAsync("/metrics", TestContext.Current.CancellationToken), "timeout"));
        }
        finally
        {
            await Tool.SignalAsync(process, "CONT");
        }

        static string? Count(string metrics, string outcome) =>
            metrics.Split('\n').FirstOrDefault(line => line.StartsWith($"recommender_serving_viewer_reads_total{{outcome=\"{outcome}\"}}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Kafka_may_be_absent()
    {
        _serving.Kafka.Broker.SetDown();
        await using var lonely = await _serving.StartAsync("Serving:CatalogPatience=00:00:01");
        var client = new RecommendationService.RecommendationServiceClient(lonely.Channel);
        await _serving.SetStateAsync("u", ("a03", EventType.View));
        await Eventually.TrueAsync(async () =>
        {
            var response = await client.RecommendAsync(new RecommendRequest { UserId = "u" });
            return response is { Degradation: Degradation.None, ModelVersion: ServingFixture.FirstVersion, Videos.Count: 20 };
        });

        await Eventually.TrueAsync(async () => await ServingFixture.ReadinessAsync(lonely) is (true, var told) && told.Contains("catalog cannot be read", StringComparison.Ordinal));
        _serving.Kafka.Broker.SetUp();
        await Eventually.TrueAsync(async () => (await ServingFixture.ReadinessAsync(lonely)).Told.Contains("\"serving-catalog\":\"ok\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_starts_and_answers_with_nothing_there_at_all()
    {
        using var nowhere = new TempDirectory();
        await using var alone = await RunningService.StartAsync(
            "serving", b => b.AddServing(), a => a.MapServing(),
            "Kafka:BootstrapServers=127.0.0.1:1", "Redis:Endpoints=127.0.0.1:1", $"Storage:ModelsPath={nowhere.Path}/none", "Serving:CatalogPatience=00:00:01");
        var client = new RecommendationService.RecommendationServiceClient(alone.Channel);
        var response = await client.RecommendAsync(new RecommendRequest { UserId = "u", RecentVideoIds = { "x" } });
        Assert.Equal((0, Degradation.Stale, ""), (response.Videos.Count, response.Degradation, response.ModelVersion));
        Assert.Empty((await client.SimilarVideosAsync(new SimilarVideosRequest { VideoId = "x" })).Videos);
        Assert.Equal(Degradation.Stale, (await client.TrendingVideosAsync(new TrendingVideosRequest())).Degradation);

        await Eventually.TrueAsync(async () => (await ServingFixture.ReadinessAsync(alone)).IsReady);
        var told = (await ServingFixture.ReadinessAsync(alone)).Told;
        Assert.Contains("no model is live", told, StringComparison.Ordinal);
        Assert.Contains("Redis is out of reach", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_written_by_a_later_layout_do_not_stop_answers()
    {
        var bytes = new ViewerState { Version = 1 }.Encode();
        bytes[ViewerState.VersionBytes] = 99;
        await _serving.Redis.Client.SetAsync(OnlineKeys.Viewer("later"), bytes, cancellationToken: TestContext.Current.CancellationToken);
        var response = await _serving.RecommendAsync("later");
        Assert.Equal(20, response.Videos.Count);
        Assert.Equal(Degradation.PrecomputedOnly, response.Degradation);
    }
}
