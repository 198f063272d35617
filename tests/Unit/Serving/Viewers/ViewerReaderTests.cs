using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Online;
using Recommender.Hosting.Redis;
using Recommender.Serving;
using Recommender.Serving.Viewers;
using Recommender.V1;
using IRedis = Recommender.Hosting.Redis.IRedis;

namespace Recommender.Tests.Unit.Serving.Viewers;

public sealed class ViewerReaderTests : IDisposable
{
    /// <summary>A busy test machine must not look like a slow Redis.</summary>
    private static readonly ServingOptions s_patient = new() { ReadTimeout = TimeSpan.FromSeconds(5), HedgeDelay = TimeSpan.FromSeconds(5) };

    private readonly ServingMetrics _metrics = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _metrics.Dispose();

    private ViewerReader Reader(IRedis redis, TimeProvider? time = null, ServingOptions? options = null) =>
        new(redis, options ?? s_patient, _metrics, time ?? _time, NullLogger<ViewerReader>.Instance);

    private static async Task<ViewerRead> ReadAsync(ViewerReader reader, TimeSpan? limit = null, ViewerScratch? scratch = null, IKnownTexts? known = null) =>
        reader.Decode(await reader.ReadAsync("u", limit ?? TimeSpan.MaxValue, TestContext.Current.CancellationToken), scratch ?? new ViewerScratch(), known);

    private static Task<byte[]?[]> Fail() => Task.FromException<byte[]?[]>(new RedisUnavailableException("GET", true, TimeSpan.Zero, null));

    [Fact]
    public async Task State_and_list_are_asked_for_together()
    {
        var state = Queries.State(("v", EventType.View, 1));
        var list = new PrecomputedList("m", 5, [("x", 1)]);
        var (redis, control) = FakeRedis.Create((keys, _) =>
        {
            Assert.Equal(["{u:u}:s", "{u:u}:r"], keys.Select(k => (string)k!));
            return Task.FromResult<byte[]?[]>([state.Encode(), list.Encode()]);
        });
        var read = await ReadAsync(Reader(redis));
        Assert.Equal("v", read.State!.Recent[0].VideoId);
        Assert.Equal("x", read.List!.IdOf(0));
        Assert.True(read.IsListKnown);
        Assert.Equal(1, control.Calls);
    }

    [Fact]
    public async Task A_new_viewer_has_an_empty_state_and_no_list()
    {
        var (redis, _) = FakeRedis.Create((_, _) => Task.FromResult<byte[]?[]>([null, null]));
        var read = await ReadAsync(Reader(redis));
        Assert.Empty(read.State!.Recent);
        Assert.Null(read.List);
        Assert.True(read.IsListKnown);
    }

    [Fact]
    public async Task A_damaged_state_does_not_cost_the_list()
    {
        var (redis, _) = FakeRedis.Create((_, _) => Task.FromResult<byte[]?[]>([[1, 2, 3], new PrecomputedList("m", 5, [("x", 1)]).Encode()]));
        var read = await ReadAsync(Reader(redis));
        Assert.Null(read.State);
        Assert.NotNull(read.List);
    }

    [Fact]
    public async Task A_damaged_list_is_not_taken_for_none()
    {
        var (redis, _) = FakeRedis.Create((_, _) => Task.FromResult<byte[]?[]>([null, [9]]));
        var read = await ReadAsync(Reader(redis));
        Assert.NotNull(read.State);
        Assert.Null(read.List);
        Assert.False(read.IsListKnown);
    }

    [Fact]
    public async Task Without_a_connection_or_time_nothing_is_asked()
    {
        var (redis, control) = FakeRedis.Create((_, _) => Fail());
        control.IsConnected = false;
        Assert.Equal(default, await ReadAsync(Reader(redis)));
        control.IsConnected = true;
        Assert.Equal(default, await ReadAsync(Reader(redis), TimeSpan.Zero));
        Assert.Equal(0, control.Calls);
    }

    [Fact]
    public async Task A_Redis_that_keeps_failing_is_left_alone_and_tried_again_after_a_while()
    {
        var (redis, control) = FakeRedis.Create((_, _) => Fail());
        var reader = Reader(redis);
        for (var i = 0; i < 50; i++) Assert.Equal(default, await ReadAsync(reader));
        Assert.Equal(4, control.Calls);

        control.Answer((_, _) => Task.FromResult<byte[]?[]>([null, null]));
        Assert.Equal(default, await ReadAsync(reader));
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.NotNull((await ReadAsync(reader)).State);
        Assert.NotNull((await ReadAsync(reader)).State);
        Assert.Equal(6, control.Calls);
    }

    [Fact]
    public async Task A_Redis_that_does_not_answer_is_waited_for_until_the_limit_and_then_left_alone()
    {
        var (redis, control) = FakeRedis.Create((_, token) => Never(token));
        // The clock stands still, so that four reads fail at the same time, however long this machine takes for them.
        var reader = Reader(redis, _time, s_patient with { ReadTimeout = TimeSpan.FromMilliseconds(5) });
        for (var i = 0; i < 20; i++) Assert.Equal(default, await ReadAsync(reader));
        Assert.Equal(4, control.Calls);
    }

    [Fact]
    public async Task Callers_with_little_time_prove_nothing_about_Redis()
    {
        var answer = new TaskCompletionSource<byte[]?[]>();
        var (redis, control) = FakeRedis.Create((_, _) => answer.Task);
        var reader = Reader(redis, TimeProvider.System);
        for (var i = 0; i < 10; i++) Assert.Equal(default, await ReadAsync(reader, TimeSpan.FromMilliseconds(1)));
        answer.SetResult([null, null]);
        Assert.NotNull((await ReadAsync(reader)).State);
        // Nobody waits for those who came while the first was read.
        Assert.Equal(2, control.Calls);
    }

    [Fact]
    public async Task A_caller_who_gives_up_gets_no_answer()
    {
        var (redis, _) = FakeRedis.Create((_, token) => Never(token));
        using var caller = new CancellationTokenSource();
        var reading = Reader(redis, TimeProvider.System, new ServingOptions { ReadTimeout = TimeSpan.FromSeconds(5) }).ReadAsync("u", TimeSpan.MaxValue, caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);
    }

    [Fact]
    public async Task A_slow_read_is_sent_once_more_and_the_first_answer_counts()
    {
        var calls = 0;
        var (redis, control) = FakeRedis.Create((_, token) => Interlocked.Increment(ref calls) == 1 ? Never(token) : Task.FromResult<byte[]?[]>([null, null]));
        var reader = Reader(redis, TimeProvider.System, s_patient with { HedgeDelay = TimeSpan.FromMilliseconds(1) });
        Assert.NotNull((await ReadAsync(reader)).State);
        Assert.Equal((2, 1), (control.Calls, control.HedgedCalls));
        Assert.NotNull((await ReadAsync(reader)).State);
    }

    [Fact]
    public async Task A_failed_read_is_not_sent_again()
    {
        var (redis, control) = FakeRedis.Create((_, _) => Fail());
        Assert.Equal(default, await ReadAsync(Reader(redis, TimeProvider.System)));
        Assert.Equal((1, 0), (control.Calls, control.HedgedCalls));
    }

    [Fact]
    public async Task Memory_of_one_viewer_holds_nothing_of_the_one_before()
    {
        var rich = Queries.State(("v1", EventType.Like, 1), ("v2", EventType.View, 2));
        (rich.Likes, rich.ForgottenAtMs) = (7, 5);
        rich.Hidden.Add(1);
        rich.OlderSeen.Add(2);
        rich.OlderEvents.Add(3);
        rich.EventIds.Add(4);
        rich.Watermarks.Advance(1, 0, 0, 9);
        var list = new PrecomputedList("m", 10, [("x", 1), ("y", 2)]);
        var scratch = new ViewerScratch();
        var (redis, control) = FakeRedis.Create((_, _) => Task.FromResult<byte[]?[]>([rich.Encode(), list.Encode()]));
        var reader = Reader(redis);
        var first = await ReadAsync(reader, scratch: scratch);
        Assert.Equal(rich.Encode(), first.State!.Encode());
        Assert.Equal(list.Videos, Enumerable.Range(0, first.List!.Count).Select(i => (first.List.IdOf(i), first.List.ScoreOf(i))));
        control.Answer((_, _) => Task.FromResult<byte[]?[]>([null, null]));
        var second = await ReadAsync(reader, scratch: scratch);
        Assert.Equal(new ViewerState().Encode(), second.State!.Encode());
        Assert.Null(second.List);
    }

    [Fact]
    public async Task Ids_that_the_model_knows_are_not_allocated_again()
    {
        var model = SmallModel.Create();
        var (redis, _) = FakeRedis.Create((_, _) => Task.FromResult<byte[]?[]>([Queries.State(("a3", EventType.Like, 1), ("other", EventType.View, 2)).Encode(), new PrecomputedList(SmallModel.Version, 10, [("b1", 1)]).Encode()]));
        var read = await ReadAsync(Reader(redis), known: model);
        Assert.Same(model.IdOf(3), read.State!.Recent[0].VideoId);
        Assert.Equal("other", read.State.Recent[1].VideoId);
        Assert.Equal([3, -1], read.State.Recent.Select(r => r.Number));
        Assert.Same(model.Version, read.List!.ModelVersion);
    }

    private static async Task<byte[]?[]> Never(CancellationToken token)
    {
        await Task.Delay(Timeout.Infinite, token);
        return [];
    }
}
