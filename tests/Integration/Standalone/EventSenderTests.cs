using Grpc.Core;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Embedded;
using Recommender.Standalone.Sending;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Standalone;

public sealed class EventSenderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_event_is_answered_once_and_in_order()
    {
        var door = new FakeDoor();
        await using var service = await door.OpenAsync();
        var answers = await SendAsync(service, 10_000);

        Assert.Equal(Ids(10_000), answers);
        Assert.Equal(Ids(10_000), door.Received);
        Assert.Equal(1, door.Streams);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(700)]
    public async Task After_a_break_what_was_not_acknowledged_is_sent_again(int acknowledged)
    {
        var door = new FakeDoor();
        foreach (var _ in Enumerable.Range(0, 3)) door.BreakAfter.Enqueue(acknowledged);
        await using var service = await door.OpenAsync();
        var answers = await SendAsync(service, 5000);

        Assert.Equal(Ids(5000), answers);
        Assert.Equal(Ids(5000), door.Received.Distinct());
        Assert.Equal(4, door.Streams);
    }

    [Fact]
    public async Task No_more_than_the_window_is_under_way()
    {
        var door = new FakeDoor { Hold = new TaskCompletionSource() };
        await using var service = await door.OpenAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var sender = NewSender(service, (_, _) => { }, stop.Token);
        var sent = 0;
        var sending = Task.Run(
            async () =>
            {
                foreach (var e in Events(100_000))
                {
                    await sender.SendAsync(e, e.EventId, stop.Token);
                    Interlocked.Increment(ref sent);
                }
            },
            Token);

        await Eventually.TrueAsync(() => Volatile.Read(ref sent) >= EventSender<string>.Window);
        await Task.Delay(300, Token); // time for more to come, if more did
        Assert.InRange(Volatile.Read(ref sent), EventSender<string>.Window, EventSender<string>.Window + 300);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task A_door_that_closes_and_opens_again_is_waited_for()
    {
        var door = new FakeDoor();
        using var reserved = new ReservedPort();
        var port = reserved.Number;
        var service = await door.OpenAsync(port);
        var waits = 0;
        var answered = new List<string>();
        using var channel = Door.Open(new ServerAddress("127.0.0.1", port), ClientIdentity.None);
        var patience = new Patience(new ServerAddress("127.0.0.1", port), TimeProvider.System, _ => Interlocked.Increment(ref waits));
        await using var sender = new EventSender<string>(new IngestionService.IngestionServiceClient(channel), patience, (id, _) => answered.Add(id), Token);
        foreach (var e in Events(100)) await sender.SendAsync(e, e.EventId, Token);
        await Eventually.TrueAsync(() => door.Received.Count == 100);

        await service.DisposeAsync();
        await Eventually.TrueAsync(() => Volatile.Read(ref waits) > 0);
        await using var again = await door.OpenAsync(port);
        foreach (var e in Events(200).Skip(100)) await sender.SendAsync(e, e.EventId, Token);
        await sender.CompleteAsync();
        Assert.Equal(Ids(200), answered);
    }

    [Fact]
    public async Task A_door_that_was_never_there_is_told_at_once()
    {
        using var channel = Door.Open(new ServerAddress("127.0.0.1", 1), ClientIdentity.None);
        var patience = new Patience(new ServerAddress("127.0.0.1", 1), TimeProvider.System, _ => { });
        await using var sender = new EventSender<string>(new IngestionService.IngestionServiceClient(channel), patience, (_, _) => { }, Token);
        var e = await Assert.ThrowsAsync<CommandFailure>(() => SendAllAsync(sender, 10_000));
        Assert.StartsWith("Nothing answers at 127.0.0.1:1;", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_that_does_not_pass_ends_the_sending()
    {
        var door = new FakeDoor { BreakWith = new RpcException(new Status(StatusCode.PermissionDenied, "not you")) };
        door.BreakAfter.Enqueue(5);
        await using var service = await door.OpenAsync();
        var e = await Assert.ThrowsAsync<CommandFailure>(() => SendAsync(service, 20_000));
        Assert.Contains("refused (PermissionDenied): not you.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Acknowledgements_in_another_order_are_noticed()
    {
        var door = new FakeDoor { Answer = e => new TrackEventResponse { EventId = e.EventId == "e7" ? "e8" : e.EventId } };
        await using var service = await door.OpenAsync();
        var e = await Assert.ThrowsAsync<CommandFailure>(() => SendAsync(service, 20));
        Assert.Contains("another order", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_delay_that_the_door_asks_for_is_waited()
    {
        var waits = new List<TimeSpan>();
        var door = new FakeDoor { BreakWith = Recommender.Hosting.Errors.GrpcErrors.Unavailable("busy", TimeSpan.FromMilliseconds(123)) };
        door.BreakAfter.Enqueue(3);
        await using var service = await door.OpenAsync();
        using var channel = Door.Open(AddressOf(service), ClientIdentity.None);
        await using var sender = new EventSender<string>(
            new IngestionService.IngestionServiceClient(channel), new Patience(AddressOf(service), TimeProvider.System, waits.Add), (_, _) => { }, Token);
        await SendAllAsync(sender, 10);
        Assert.Equal([TimeSpan.FromMilliseconds(123)], waits);
    }

    private static async Task<List<string>> SendAsync(RunningService service, int count)
    {
        var answers = new List<string>();
        await using var sender = NewSender(service, (id, _) => answers.Add(id), Token);
        await SendAllAsync(sender, count);
        return answers;
    }

    private static async Task SendAllAsync(EventSender<string> sender, int count)
    {
        foreach (var e in Events(count)) await sender.SendAsync(e, e.EventId, Token);
        await sender.CompleteAsync();
    }

    private static EventSender<string> NewSender(RunningService service, Action<string, TrackEventResponse> onAnswer, CancellationToken cancellationToken) =>
        new(new IngestionService.IngestionServiceClient(service.Channel), new Patience(AddressOf(service), TimeProvider.System, _ => { }), onAnswer, cancellationToken);

    private static ServerAddress AddressOf(RunningService service) => new("127.0.0.1", new Uri(service.GrpcAddress).Port);

    private static IEnumerable<Event> Events(int count) => Ids(count).Select(id => new Event { EventId = id, Type = EventType.Like, UserId = "u", VideoId = "v" });

    private static IEnumerable<string> Ids(int count) => Enumerable.Range(0, count).Select(i => $"e{i}");
}
