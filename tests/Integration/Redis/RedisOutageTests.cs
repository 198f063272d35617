using System.Globalization;
using Recommender.Hosting.Redis;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Redis;

/// <summary>Each test has a server of its own, since it takes it down.</summary>
public sealed class RedisOutageTests : IAsyncLifetime
{
    private static readonly RedisScript Increment = new("increment", "return redis.call('INCR', KEYS[1])");
    private readonly RedisFixture _redis = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _redis.InitializeAsync();

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task It_connects_again_by_itself_after_the_server_was_killed_and_nothing_acknowledged_is_lost()
    {
        await _redis.Client.SetAsync("a", new byte[] { 1 }, cancellationToken: Cancelled);
        await Eventually.TrueAsync(() => _redis.Server.SyncAsync(Cancelled)); // while the disk is slow Redis answers before it writes
        var runId = await _redis.Client.RunIdAsync(Cancelled);
        await _redis.Server.KillAsync();

        var error = await Assert.ThrowsAsync<RedisUnavailableException>(() => _redis.Client.GetAsync("a", Cancelled));
        Assert.True(error.IsTransient);
        Assert.Equal(_redis.Options.RetryDelay, error.RetryDelay);
        await Eventually.TrueAsync(() => !_redis.Client.IsConnected);

        await _redis.Server.StartAgainAsync(Cancelled);

        Assert.Equal([1], await Eventually.SucceedsAsync<byte[]?, RedisUnavailableException>(() => _redis.Client.GetAsync("a", Cancelled)));
        Assert.NotEqual(runId, await _redis.Client.RunIdAsync(Cancelled));
        Assert.True(_redis.Client.IsConnected);
    }

    [Fact]
    public async Task A_script_is_sent_in_full_to_a_server_that_forgot_it()
    {
        Assert.Equal(1, (await _redis.Client.EvalAsync(Increment, ["n"], [], Cancelled)).AsInt64());
        Assert.Equal(2, (await _redis.Client.EvalAsync(Increment, ["n"], [], Cancelled)).AsInt64());
        await _redis.Server.KillAsync();
        await _redis.Server.StartAgainAsync(Cancelled);
        var kept = await Eventually.SucceedsAsync<byte[]?, RedisUnavailableException>(() => _redis.Client.GetAsync("n", Cancelled));

        // Redis answers before it has written while the disk is slow, so the last step may be lost.
        var before = kept is null ? 0 : int.Parse(kept, CultureInfo.InvariantCulture);
        Assert.InRange(before, 0, 2);
        Assert.Equal(before + 1, (await _redis.Client.EvalAsync(Increment, ["n"], [], Cancelled)).AsInt64());
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up_after_the_timeout()
    {
        await using var client = _redis.NewClient(_redis.Options with { Timeout = TimeSpan.FromMilliseconds(200) });
        await Eventually.SucceedsAsync<byte[]?, RedisUnavailableException>(() => client.GetAsync("a", Cancelled));
        await using (await Frozen.FreezeAsync(_redis.Server.ProcessId!.Value))
        {
            var error = await Assert.ThrowsAsync<RedisUnavailableException>(() => client.GetAsync("secret-key", Cancelled));

            Assert.True(error.IsTransient);
            Assert.IsType<TimeoutException>(error.InnerException);
            Assert.DoesNotContain("secret-key", error.ToString(), StringComparison.Ordinal);
        }

        await Eventually.SucceedsAsync<byte[]?, RedisUnavailableException>(() => client.GetAsync("a", Cancelled));
    }

    [Fact]
    public async Task A_lost_connection_names_no_key()
    {
        await _redis.Client.PingAsync(Cancelled);
        await _redis.Server.KillAsync();
        await Eventually.TrueAsync(() => !_redis.Client.IsConnected);

        var error = await Assert.ThrowsAsync<RedisUnavailableException>(() => _redis.Client.GetAsync("secret-key", Cancelled));

        Assert.DoesNotContain("secret-key", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_at_the_start_is_found_later()
    {
        await _redis.Server.KillAsync();
        await using var client = _redis.NewClient(_redis.Options with { Timeout = TimeSpan.FromMilliseconds(200) });
        await Assert.ThrowsAsync<RedisUnavailableException>(() => client.GetAsync("a", Cancelled));
        Assert.False(client.IsConnected);

        await _redis.Server.StartAgainAsync(Cancelled);

        await Eventually.SucceedsAsync<byte[]?, RedisUnavailableException>(() => client.GetAsync("a", Cancelled));
    }

    /// <summary>Stops a process for a while, so that its connections stay open but nothing answers.</summary>
    private sealed class Frozen : IAsyncDisposable
    {
        private readonly int _process;

        private Frozen(int process) => _process = process;

        public static async Task<Frozen> FreezeAsync(int process)
        {
            await Tool.SignalAsync(process, "STOP");
            return new Frozen(process);
        }

        public async ValueTask DisposeAsync() => await Tool.SignalAsync(_process, "CONT");
    }
}
