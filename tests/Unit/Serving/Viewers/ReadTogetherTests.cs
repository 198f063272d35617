using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Redis;
using Recommender.Serving;
using Recommender.Serving.Viewers;

namespace Recommender.Tests.Unit.Serving.Viewers;

/// <summary>Viewers who are asked for while others are read are read together.</summary>
public sealed class ReadTogetherTests : IDisposable
{
    private static readonly ServingOptions s_patient = new() { ReadTimeout = TimeSpan.FromSeconds(5), HedgeDelay = TimeSpan.FromSeconds(5) };

    private readonly ServingMetrics _metrics = new();
    private readonly Channel<(string[] Keys, TaskCompletionSource<byte[]?[]> Answer)> _asked = Channel.CreateUnbounded<(string[], TaskCompletionSource<byte[]?[]>)>();

    public void Dispose() => _metrics.Dispose();

    private (ViewerReader Reader, FakeRedis Control) Create(ServingOptions? options = null)
    {
        var (redis, control) = FakeRedis.Create((keys, _) =>
        {
            var answer = new TaskCompletionSource<byte[]?[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            _asked.Writer.TryWrite(([.. keys.Select(k => (string)k!)], answer));
            return answer.Task;
        });
        return (new ViewerReader(redis, options ?? s_patient, _metrics, TimeProvider.System, NullLogger<ViewerReader>.Instance), control);
    }

    private static Task<StoredViewer?> ReadAsync(ViewerReader reader, string viewer, CancellationToken token = default) => reader.ReadAsync(viewer, TimeSpan.MaxValue, token).AsTask();

    private ValueTask<(string[] Keys, TaskCompletionSource<byte[]?[]> Answer)> NextAsync() => _asked.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Each key's own letters as its value.</summary>
    private static void Answer((string[] Keys, TaskCompletionSource<byte[]?[]> Answer) asked) => asked.Answer.SetResult([.. asked.Keys.Select(Encoding.UTF8.GetBytes)]);

    private static void Holds(StoredViewer? read, string viewer)
    {
        Assert.Equal($"{{u:{viewer}}}:s", Encoding.UTF8.GetString(read!.Value.State!));
        Assert.Equal($"{{u:{viewer}}}:r", Encoding.UTF8.GetString(read.Value.List!));
    }

    [Fact]
    public async Task Who_comes_while_others_are_read_is_read_with_those_who_came_too()
    {
        var (reader, control) = Create();
        var first = ReadAsync(reader, "a");
        using var caller = new CancellationTokenSource();
        var others = new[] { "b", "c", "d" }.Select(viewer => ReadAsync(reader, viewer)).ToArray();
        var gone = ReadAsync(reader, "x", caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Assert.Equal(1, control.Calls);
        Answer(await NextAsync());
        Holds(await first, "a");
        var together = await NextAsync();
        Assert.Equal(["{u:b}:s", "{u:b}:r", "{u:c}:s", "{u:c}:r", "{u:d}:s", "{u:d}:r"], together.Keys);
        Answer(together);
        foreach (var (read, viewer) in (await Task.WhenAll(others)).Zip(["b", "c", "d"])) Holds(read, viewer);
        Assert.Equal(2, control.Calls);
    }

    [Fact]
    public async Task Many_are_read_in_parts()
    {
        var (reader, control) = Create();
        var reads = Enumerable.Range(0, 101).Select(i => (Viewer: $"v{i}", Read: ReadAsync(reader, $"v{i}"))).ToArray();
        foreach (var viewers in (int[])[1, 64, 36])
        {
            var asked = await NextAsync();
            Assert.Equal(2 * viewers, asked.Keys.Length);
            Answer(asked);
        }
        foreach (var (viewer, read) in reads) Holds(await read, viewer);
        Assert.Equal(3, control.Calls);
    }

    [Fact]
    public async Task In_a_cluster_each_is_read_alone_and_waits_for_nobody()
    {
        var (reader, control) = Create();
        control.IsSharded = true;
        var reads = new[] { "a", "b", "c" }.Select(viewer => (Viewer: viewer, Read: ReadAsync(reader, viewer))).ToArray();
        Assert.Equal(3, control.Calls);
        for (var i = 0; i < 3; i++) Answer(await NextAsync());
        foreach (var (viewer, read) in reads) Holds(await read, viewer);
    }

    [Fact]
    public async Task Who_waits_for_others_waits_no_longer_than_for_the_own_read()
    {
        var (reader, control) = Create(s_patient with { ReadTimeout = TimeSpan.FromMilliseconds(20) });
        var reads = await Task.WhenAll(ReadAsync(reader, "a"), ReadAsync(reader, "b"));
        Assert.Equal([null, null], reads);
        // The first command has not ended yet.
        Assert.Equal(1, control.Calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_goes_wrong_is_told_to_all_who_were_read_together_and_to_none_after_them(bool isExpected)
    {
        var (reader, _) = Create();
        var first = ReadAsync(reader, "a");
        var others = new[] { ReadAsync(reader, "b"), ReadAsync(reader, "c") };
        Answer(await NextAsync());
        Holds(await first, "a");
        (await NextAsync()).Answer.SetException(isExpected ? new RedisUnavailableException("MGET", true, TimeSpan.Zero, null) : new InvalidOperationException("a mistake"));
        foreach (var read in others)
        {
            if (isExpected) Assert.Null(await read);
            else Assert.Equal("a mistake", (await Assert.ThrowsAsync<InvalidOperationException>(() => read)).Message);
        }
        var later = ReadAsync(reader, "d");
        Answer(await NextAsync());
        Holds(await later, "d");
    }
}
