using Grpc.AspNetCore.HealthChecks;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Recommender.Tests.Fixtures;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>grpc.health.v1 on ASP.NET's health checks.</summary>
public sealed class HealthTests
{
    private HealthStatus _kafka = HealthStatus.Healthy;
    private HealthStatus _redis = HealthStatus.Healthy;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HealthStatus.Healthy, ServingStatus.Serving)]
    [InlineData(HealthStatus.Degraded, ServingStatus.Serving)]
    [InlineData(HealthStatus.Unhealthy, ServingStatus.NotServing)]
    public async Task A_check_tells_the_health_of_what_the_service_depends_on(HealthStatus health, ServingStatus expected)
    {
        await using var server = await StartAsync();
        using var channel = server.Connect();
        var client = new Health.HealthClient(channel);
        _kafka = health;
        Assert.Equal(expected, await CheckAsync(client, "ingestion"));
        Assert.Equal(expected, await CheckAsync(client, ""));
        Assert.Equal(ServingStatus.Serving, await CheckAsync(client, "serving"));
    }

    [Fact]
    public async Task An_unknown_service_is_not_found()
    {
        await using var server = await StartAsync();
        using var channel = server.Connect();
        var error = await Assert.ThrowsAsync<RpcException>(() => CheckAsync(new Health.HealthClient(channel), "nobody"));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task A_watch_tells_the_health_now_and_at_every_change()
    {
        await using var server = await StartAsync();
        using var channel = server.Connect();
        var client = new Health.HealthClient(channel);
        using var watch = client.Watch(new HealthCheckRequest { Service = "ingestion" }, cancellationToken: Cancel);
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch));
        _kafka = HealthStatus.Unhealthy;
        Assert.Equal(ServingStatus.NotServing, await NextAsync(watch));
        _kafka = HealthStatus.Healthy;
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch));
    }

    [Fact]
    public async Task A_watch_of_an_unknown_service_stays_open()
    {
        await using var server = await StartAsync();
        using var channel = server.Connect();
        using var watch = new Health.HealthClient(channel).Watch(new HealthCheckRequest { Service = "nobody" }, cancellationToken: Cancel);
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(watch));
        var next = watch.ResponseStream.MoveNext(Cancel);
        await Task.Delay(100, Cancel);
        Assert.False(next.IsCompleted);
    }

    [Fact]
    public async Task A_watch_ends_with_not_serving_when_the_host_stops()
    {
        await using var server = await StartAsync();
        using var channel = server.Connect();
        using var watch = new Health.HealthClient(channel).Watch(new HealthCheckRequest(), cancellationToken: Cancel);
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch));
        var stopping = server.StopAsync(Cancel);
        Assert.Equal(ServingStatus.NotServing, await NextAsync(watch));
        Assert.False(await watch.ResponseStream.MoveNext(Cancel));
        Assert.Equal(StatusCode.OK, watch.GetStatus().StatusCode);
        await stopping;
    }

    [Fact]
    public async Task A_cached_check_answers_with_the_last_report()
    {
        await using var server = await StartAsync(options => options.UseHealthChecksCache = true, TimeSpan.FromHours(1));
        using var channel = server.Connect();
        var client = new Health.HealthClient(channel);
        await Eventually.TrueAsync(
            async () => await CheckAsync(client, "serving") == ServingStatus.Serving, "the first report is published");
        _redis = HealthStatus.Unhealthy;
        Assert.Equal(ServingStatus.Serving, await CheckAsync(client, "serving"));
    }

    private Task<EchoServer> StartAsync(Action<GrpcHealthChecksOptions>? configure = null, TimeSpan? period = null) => EchoServer.StartAsync(
        build: builder =>
        {
            builder.Services
                .AddGrpcHealthChecks(options =>
                {
                    options.Services.Map("ingestion", check => check.Tags.Contains("kafka"));
                    options.Services.Map("serving", check => check.Tags.Contains("redis"));
                    configure?.Invoke(options);
                })
                .AddCheck("broker", () => new HealthCheckResult(_kafka), ["kafka"])
                .AddCheck("store", () => new HealthCheckResult(_redis), ["redis"]);
            builder.Services.Configure<HealthCheckPublisherOptions>(options =>
            {
                options.Delay = TimeSpan.Zero;
                options.Period = period ?? TimeSpan.FromSeconds(1);
            });
        },
        map: app => app.MapGrpcHealthChecksService());

    private static async Task<ServingStatus> CheckAsync(Health.HealthClient client, string service) =>
        (await client.CheckAsync(new HealthCheckRequest { Service = service }, cancellationToken: Cancel)).Status;

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext(Cancel));
        return watch.ResponseStream.Current.Status;
    }
}
