using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Redis;
using Recommender.Standalone.Embedded;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Embedded;

public sealed class EmbeddedRedisTests : IDisposable
{
    private const string DirectoryVariable = "RECOMMENDER_TEST_REDIS_DIRECTORY";
    private readonly TempDirectory _directory = new();

    public EmbeddedRedisTests() => Tool.Require("redis-server", "redis-server");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_was_written_is_there_after_the_next_start()
    {
        await using (var first = await StartAsync())
        {
            await using var client = Client(first);
            await client.SetAsync("a", new byte[] { 1, 2 }, cancellationToken: Cancelled);
        }

        await using var second = await StartAsync();
        await using var again = Client(second);
        Assert.Equal([1, 2], await again.GetAsync("a", Cancelled));
    }

    [Fact]
    public async Task A_stopped_server_is_gone_and_its_port_is_free()
    {
        var redis = await StartAsync();
        var id = redis.ProcessId!.Value;

        await redis.DisposeAsync();

        Assert.False(IsRunning(id));
        Assert.Null(redis.ProcessId);
        PortCheck.RequireFree(redis.Port, "Redis", "--redis-port");
    }

    [Fact]
    public async Task A_server_that_dies_is_started_again_with_its_data()
    {
        await using var redis = await StartAsync(isRestarted: true);
        await using var client = Client(redis);
        await client.SetAsync("a", new byte[] { 1 }, cancellationToken: Cancelled);
        await Eventually.TrueAsync(() => redis.SyncAsync(Cancelled)); // while the disk is slow Redis answers before it writes
        var id = redis.ProcessId;

        await redis.KillAsync();

        Assert.Equal([1], await Eventually.SucceedsAsync<byte[]?, RedisUnavailableException>(() => client.GetAsync("a", Cancelled)));
        Assert.NotEqual(id, redis.ProcessId);
    }

    [Fact]
    public async Task A_taken_port_gives_one_sentence_and_leaves_no_process()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var error = await Assert.ThrowsAsync<EmbeddedStartException>(() => StartAsync(port));

        Assert.Equal($"Port {port} on 127.0.0.1, for Redis, is taken by another process; choose another with --redis-port PORT.", error.Message);
        Assert.False(File.Exists(Path.Combine(_directory.Path, "redis.pid")));
    }

    [Fact]
    public async Task A_server_that_does_not_say_in_time_who_it_is_is_not_taken_for_another_one()
    {
        await using var redis = await StartAsync();
        var id = redis.ProcessId!.Value;
        Assert.True(await RedisProbe.IsProcessAsync(redis.Port, id, Cancelled));
        Assert.False(await RedisProbe.IsProcessAsync(redis.Port, id + 1, Cancelled));
        await Tool.SignalAsync(id, "STOP");
        try
        {
            Assert.Null(await RedisProbe.IsProcessAsync(redis.Port, id, Cancelled));
        }
        finally
        {
            await Tool.SignalAsync(id, "CONT");
        }
    }

    [Fact]
    public async Task One_directory_serves_one_process_at_a_time()
    {
        await using var first = await StartAsync();

        var error = await Assert.ThrowsAsync<EmbeddedStartException>(() => StartAsync());

        Assert.Contains(_directory.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains("in use by another recommender", error.Message, StringComparison.Ordinal);
        Assert.NotNull(first.ProcessId);
    }

    [Fact]
    public async Task A_server_that_can_not_read_its_data_says_why()
    {
        await using (await StartAsync())
        {
        }

        var manifest = Path.Combine(_directory.Path, "appendonlydir", "appendonly.aof.manifest");
        await File.WriteAllTextAsync(manifest, "nonsense\n", Cancelled);

        var error = await Assert.ThrowsAsync<EmbeddedStartException>(() => StartAsync());

        Assert.StartsWith("redis-server ended at once:", error.Message, StringComparison.Ordinal);
        Assert.Contains("nonsense", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_left_over_from_a_crash_is_ended_and_its_data_taken_over()
    {
        // As a run without the parent-death signal would leave it.
        using var reserved = new ReservedPort();
        var port = reserved.Number;
        var setsid = Tool.Require("setsid", "util-linux");
        using var orphan = Process.Start(new ProcessStartInfo(
            setsid,
            ["redis-server", "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _directory.Path, "--appendonly", "yes",
             "--save", "", "--pidfile", Path.Combine(_directory.Path, "redis.pid"), "--logfile", Path.Combine(_directory.Path, "redis.log")]))!;
        await using (var client = new RedisClient(OptionsFor(port), TimeProvider.System, NullLogger<RedisClient>.Instance))
        {
            await Eventually.TrueAsync(() => File.Exists(Path.Combine(_directory.Path, "redis.pid")));
            await Eventually.SucceedsAsync<bool, RedisUnavailableException>(async () =>
            {
                await client.SetAsync("a", new byte[] { 7 }, cancellationToken: Cancelled);
                return true;
            });
        }

        await using var redis = await StartAsync(port);

        Assert.True(orphan.HasExited);
        await using var again = Client(redis);
        Assert.Equal([7], await again.GetAsync("a", Cancelled));
    }

    [Fact]
    public async Task It_does_not_outlive_a_parent_that_was_killed()
    {
        var parent = new ProcessStartInfo(Environment.ProcessPath!, ParentArguments());
        parent.Environment[DirectoryVariable] = _directory.Path;
        parent.RedirectStandardOutput = true;
        using var process = Process.Start(parent)!;
        var pidFile = Path.Combine(_directory.Path, "redis.pid");
        try
        {
            await Eventually.TrueAsync(() => File.Exists(pidFile) && File.ReadAllText(pidFile).Trim().Length > 0);
            var redis = int.Parse(await File.ReadAllTextAsync(pidFile, Cancelled), CultureInfo.InvariantCulture);
            Assert.True(IsRunning(redis));

            process.Kill();

            await Eventually.TrueAsync(() => !IsRunning(redis));
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>Not a test: the parent for the one above, which runs it in a process of its own and kills that.</summary>
    [Fact(Explicit = true)]
    public async Task The_parent_that_is_killed()
    {
        var directory = Environment.GetEnvironmentVariable(DirectoryVariable);
        Assert.SkipWhen(directory is null, $"Only meant to be run by {nameof(It_does_not_outlive_a_parent_that_was_killed)}.");
        var settings = new EmbeddedRedisSettings { Directory = directory!, Port = 0 };
        await using var redis = await EmbeddedRedis.StartAsync(settings, TimeProvider.System, NullLogger.Instance, Cancelled);
        await Task.Delay(TimeSpan.FromMinutes(2), Cancelled);
    }

    private static string[] ParentArguments()
    {
        var method = $"{typeof(EmbeddedRedisTests).FullName}.{nameof(The_parent_that_is_killed)}";
        string[] filter = ["-explicit", "only", "-method", method];
        // The test program is run as itself or by the dotnet command.
        return Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(EmbeddedRedisTests).Assembly.Location, .. filter] : filter;
    }

    private Task<EmbeddedRedis> StartAsync(int port = 0, bool isRestarted = false) => EmbeddedRedis.StartAsync(
        new EmbeddedRedisSettings { Directory = _directory.Path, Port = port, IsRestarted = isRestarted }, TimeProvider.System, NullLogger.Instance, Cancelled);

    private static RedisOptions OptionsFor(int port) => new() { Endpoints = $"127.0.0.1:{port}", Timeout = TimeSpan.FromSeconds(20) };

    private static RedisClient Client(EmbeddedRedis redis) => new(OptionsFor(redis.Port), TimeProvider.System, NullLogger<RedisClient>.Instance);

    private static bool IsRunning(int id)
    {
        try
        {
            // A zombie has ended; nobody has asked for its exit code yet.
            return !File.ReadLines($"/proc/{id}/status").Any(l => l.StartsWith("State:\tZ", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false;
        }
    }
}
