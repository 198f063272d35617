using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Online;
using Recommender.Hosting.Privacy;
using Recommender.Ingestion;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Features;

/// <summary>From the wish to be forgotten to an archive without the viewer's rows.</summary>
public sealed class ErasureTests : IAsyncLifetime
{
    private static readonly string s_key = Convert.ToBase64String(Enumerable.Repeat((byte)9, 32).ToArray());
    private static readonly string s_oldKey = Convert.ToBase64String(Enumerable.Repeat((byte)8, 32).ToArray());
    private readonly FeaturesFixture _fixture = new();

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_forgotten_viewer_is_gone_from_the_archive_under_every_name_and_the_door_says_when()
    {
        await using var features = await _fixture.StartAsync("Archive:MaintenanceInterval=00:00:00.3");
        await using (var before = await DoorAsync($"Pseudonyms:Key={s_oldKey}", "Pseudonyms:KeyId=old"))
            await TrackAsync(before, ("1", "ann"), ("2", "bob"));
        using var directory = new TempDirectory();
        var oldKey = Path.Combine(directory.Path, "old-key");
        await File.WriteAllTextAsync(oldKey, s_oldKey);
        await using var door = await DoorAsync(
            $"Pseudonyms:Key={s_key}", "Pseudonyms:KeyId=new", $"Pseudonyms:PreviousKeyFile={oldKey}", "Pseudonyms:PreviousKeyId=old");
        await TrackAsync(door, ("3", "ann"), ("4", "bob"));
        await _fixture.WaitUntilAbsorbedAsync();
        var ids = new UserIds(new PseudonymOptions { Key = s_key, KeyId = "new", PreviousKeyFile = oldKey, PreviousKeyId = "old" });
        await _fixture.Redis.Client.SetAsync(OnlineKeys.List(ids.NameOf("ann")), new byte[] { 1 });

        var privacy = new PrivacyService.PrivacyServiceClient(door.Channel);
        var id = (await privacy.ForgetUserAsync(new ForgetUserRequest { UserId = "ann" })).ErasureId;
        Erasure? erasure = null;
        await Eventually.TrueAsync(async () => (erasure = await privacy.GetErasureAsync(new GetErasureRequest { ErasureId = id })).State == Erasure.Types.State.Completed);
        Assert.True(erasure!.RequestedAt <= erasure.OnlineRemovedAt && erasure.OnlineRemovedAt <= erasure.ArchiveRemovedAt && erasure.CompletedAt == erasure.ArchiveRemovedAt);
        var rows = await _fixture.ArchivedAsync("like");
        Assert.Equal(["2", "4"], rows.Select(r => Contracts.Json.EventJson.Parse(System.Text.Encoding.UTF8.GetBytes(r)).EventId).Order());
        Assert.All(ids.NamesOf("ann"), name => Assert.DoesNotContain(rows, r => r.Contains(name, StringComparison.Ordinal)));
        Assert.Null(await _fixture.Redis.Client.GetAsync(OnlineKeys.List(ids.NameOf("ann"))));
        Assert.Equal(0, (await _fixture.ViewerAsync(ids.NameOf("ann"))).Likes);
        // What says how far it is does not say who it was.
        await foreach (var key in _fixture.Redis.Client.ScanKeysAsync("{e:*"))
            Assert.Equal(ErasureStatusStore.KeyOf(id), System.Text.Encoding.UTF8.GetString(key));
        Assert.All(await _fixture.Redis.Client.HashGetAllAsync(ErasureStatusStore.KeyOf(id)), f => Assert.DoesNotContain(ids.NamesOf("ann"), n => $"{f}".Contains(n, StringComparison.Ordinal)));

        // Who comes back begins anew.
        await TrackAsync(door, ("5", "ann"));
        await Eventually.TrueAsync(async () => (await _fixture.ArchivedAsync("like")).Count == 3);
    }

    [Fact]
    public async Task That_online_state_is_gone_is_told_when_it_is_not_when_the_archive_is_looked_after()
    {
        await using var features = await _fixture.StartAsync("Archive:MaintenanceInterval=01:00:00");
        await using var door = await DoorAsync();
        await TrackAsync(door, ("1", "eve"));
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("eve")).Likes == 1);
        var privacy = new PrivacyService.PrivacyServiceClient(door.Channel);
        var id = (await privacy.ForgetUserAsync(new ForgetUserRequest { UserId = "eve" })).ErasureId;
        Erasure? erasure = null;
        await Eventually.TrueAsync(async () => (erasure = await privacy.GetErasureAsync(new GetErasureRequest { ErasureId = id })).State == Erasure.Types.State.Removing);
        Assert.Equal(0, (await _fixture.ViewerAsync("eve")).Likes);
        Assert.Null(erasure!.ArchiveRemovedAt);
        await TrackAsync(door, ("2", "bob"));
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("bob")).Likes == 1);
        Assert.Equal(["bob"], await UsersAsync(features));
        await TrackAsync(door, ("3", "eve"));
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("eve")).Likes == 1);
        Assert.Equal(["bob", "eve"], await UsersAsync(features));

        // Whoever notes it again does not move the time.
        var store = new ErasureStatusStore(_fixture.Redis.Client, NullLogger<ErasureStatusStore>.Instance);
        await store.OnlineRemovedAsync(new Contracts.Json.Erasure(id, "eve", erasure.RequestedAt.ToDateTimeOffset()), DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken);
        Assert.Equal(erasure.OnlineRemovedAt, (await privacy.GetErasureAsync(new GetErasureRequest { ErasureId = id })).OnlineRemovedAt);
    }

    [Fact]
    public async Task Of_an_erasure_that_nobody_asked_for_nothing_is_known()
    {
        await using var door = await DoorAsync();
        var privacy = new PrivacyService.PrivacyServiceClient(door.Channel);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await privacy.GetErasureAsync(new GetErasureRequest { ErasureId = "none" }))).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(async () => await privacy.GetErasureAsync(new GetErasureRequest()))).StatusCode);
    }

    [Fact]
    public async Task A_status_that_a_foreign_record_has_spoiled_is_answered_as_one_that_is_not_carried_out()
    {
        await using var door = await DoorAsync();
        var store = new ErasureStatusStore(_fixture.Redis.Client, NullLogger<ErasureStatusStore>.Instance);
        foreach (var names in new[] { 0, -1 })
        {
            var id = $"foreign{names}";
            await store.AcceptedAsync(new Contracts.Json.Erasure(id, "eve", DateTimeOffset.UnixEpoch, 1, names), TestContext.Current.CancellationToken);
            var erasure = await new PrivacyService.PrivacyServiceClient(door.Channel).GetErasureAsync(new GetErasureRequest { ErasureId = id });
            Assert.Equal(Erasure.Types.State.Accepted, erasure.State);
        }
    }

    [Fact]
    public async Task A_status_that_somebody_has_put_something_else_in_place_of_is_never_called_done_before_it_is_and_is_told_again_with_the_next_step()
    {
        await using var door = await DoorAsync();
        var privacy = new PrivacyService.PrivacyServiceClient(door.Channel);
        await TrackAsync(door, ("1", "kim"));
        string id;
        await using (await _fixture.StartAsync("Archive:MaintenanceInterval=01:00:00"))
        {
            await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("kim")).Likes == 1);
            id = (await privacy.ForgetUserAsync(new ForgetUserRequest { UserId = "kim" })).ErasureId;
            await Eventually.TrueAsync(async () => (await privacy.GetErasureAsync(new GetErasureRequest { ErasureId = id })).State == Erasure.Types.State.Removing);
        }
        await SpoilAsync(id);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await privacy.GetErasureAsync(new GetErasureRequest { ErasureId = id }));
        Assert.Equal(StatusCode.DataLoss, error.StatusCode);
        Assert.Contains(id, error.Status.Detail, StringComparison.Ordinal);

        await using var features = await _fixture.StartAsync("Archive:MaintenanceInterval=00:00:00.3");
        Erasure? erasure = null;
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                return (erasure = await privacy.GetErasureAsync(new GetErasureRequest { ErasureId = id })).State == Erasure.Types.State.Completed;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.DataLoss)
            {
                return false;
            }
        });
        Assert.Empty(await _fixture.ArchivedAsync("like"));
        Assert.True(erasure!.RequestedAt <= erasure.OnlineRemovedAt && erasure.OnlineRemovedAt <= erasure.CompletedAt);

        // What is spoiled afterwards is not known any more, and not called done.
        await SpoilAsync(id);
        Assert.Equal(StatusCode.DataLoss, (await Assert.ThrowsAsync<RpcException>(async () => await privacy.GetErasureAsync(new GetErasureRequest { ErasureId = id }))).StatusCode);
        await _fixture.Redis.Client.DeleteAsync(ErasureStatusStore.KeyOf(id));
        await _fixture.Redis.Client.HashSetAsync(ErasureStatusStore.KeyOf(id), [new("requested", "soon"), new("names", "1")]);
        Assert.Equal(StatusCode.DataLoss, (await Assert.ThrowsAsync<RpcException>(async () => await privacy.GetErasureAsync(new GetErasureRequest { ErasureId = id }))).StatusCode);
    }

    [Fact]
    public async Task Without_redis_the_wish_is_accepted_and_its_status_comes_later()
    {
        await using var door = await DoorAsync("Redis:Timeout=00:00:00.5");
        var privacy = new PrivacyService.PrivacyServiceClient(door.Channel);
        await _fixture.Redis.Server.KillAsync();
        var id = (await privacy.ForgetUserAsync(new ForgetUserRequest { UserId = "ann" })).ErasureId;
        await _fixture.Redis.Server.StartAgainAsync(TestContext.Current.CancellationToken);
        await using var features = await _fixture.StartAsync("Archive:MaintenanceInterval=00:00:00.3");
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                return (await privacy.GetErasureAsync(new GetErasureRequest { ErasureId = id })).State == Erasure.Types.State.Completed;
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.NotFound or StatusCode.Unavailable)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task Killed_while_it_removes_rows_it_goes_on_and_loses_no_other_row()
    {
        const int Viewers = 40;
        string[] settings = [.. _fixture.Settings, "Archive:MaintenanceInterval=00:00:00.1", "Archive:FlushEvents=20", "Archive:CompactFiles=2", "Archive:Grace=00:00:00"];
        var now = TimeProvider.System.GetUtcNow();
        var events = Enumerable.Range(0, 3000).Select(i => FeaturesFixture.Event($"e{i}", EventType.Like, $"u{i % Viewers}", "v", at: now.AddDays(-(i % 7)))).ToArray();
        await using var door = await DoorAsync();
        var privacy = new PrivacyService.PrivacyServiceClient(door.Channel);
        var wishes = new List<string>();
        var random = new Random(5);
        for (var life = 0; life < 6; life++)
        {
            using var process = KillableProcess.Start("Features", settings);
            await Eventually.TrueAsync(() => process.Output.Contains("Reading", StringComparison.Ordinal));
            await _fixture.SendAsync(events.Skip(500 * life).Take(500));
            await _fixture.WaitUntilAbsorbedAsync();
            wishes.Add((await privacy.ForgetUserAsync(new ForgetUserRequest { UserId = $"u{life}" })).ErasureId);
            await Task.Delay(random.Next(400, 1500));
            process.Kill();
        }
        await using var last = await _fixture.StartAsync(settings);
        foreach (var id in wishes)
            await Eventually.TrueAsync(async () => (await privacy.GetErasureAsync(new GetErasureRequest { ErasureId = id })).State == Erasure.Types.State.Completed);

        // What happened before the wish is gone, whenever it came.
        var expected = Enumerable.Range(0, events.Length).Where(i => i % Viewers >= 6).Select(i => $"e{i}");
        Assert.Equal(expected.Order(), (await _fixture.ArchivedEventIdsAsync()).Order());
        Assert.Empty(Directory.GetFiles(_fixture.ArchivePath, "*" + ArchiveFile.ColumnsExtension, SearchOption.AllDirectories));
    }

    private static async Task<IEnumerable<string>> UsersAsync(RunningService features)
    {
        using var call = new FeatureService.FeatureServiceClient(features.Channel).ListUsers(new ListUsersRequest());
        var users = new SortedSet<string>(StringComparer.Ordinal);
        while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken)) users.UnionWith(call.ResponseStream.Current.UserIds);
        return users;
    }

    private async Task SpoilAsync(string erasureId)
    {
        await _fixture.Redis.Client.DeleteAsync(ErasureStatusStore.KeyOf(erasureId));
        await _fixture.Redis.Client.SetAsync(ErasureStatusStore.KeyOf(erasureId), "set by hand"u8.ToArray());
    }

    private Task<RunningService> DoorAsync(params string[] settings) => RunningService.StartAsync(
        "ingestion", b => b.AddIngestion(), a => a.MapIngestion(),
        [$"Kafka:BootstrapServers={_fixture.Kafka.Bootstrap}", $"Kafka:Partitions={FeaturesFixture.Partitions}", $"Kafka:LogIdentity={FeaturesFixture.Log}",
            $"Redis:Endpoints={_fixture.Redis.Server.Endpoint}", "Redis:Timeout=00:00:20", .. settings]);

    private static async Task TrackAsync(RunningService door, params (string Id, string User)[] events)
    {
        foreach (var (id, user) in events)
        {
            await new IngestionService.IngestionServiceClient(door.Channel).TrackEventAsync(new TrackEventRequest
            {
                Event = new Event { EventId = id, Type = EventType.Like, UserId = user, VideoId = "v", OccurredAt = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()) },
            });
        }
    }
}
