using System.Text;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Archive.Keeping;
using Recommender.Ingestion;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Integration.Features;
using Recommender.V1;
using EventJson = Recommender.Contracts.Json.EventJson;

namespace Recommender.Tests.Integration.Objects;

/// <summary>Features with the archive in a bucket.</summary>
public sealed class BucketArchiveTests : BucketFeaturesTest
{
    [Fact]
    public async Task Killed_while_it_sends_and_without_its_folder_it_archives_every_event_once()
    {
        // Every third answer to a file is lost, so that files are there and the sender does not know it.
        var files = 0;
        Server.Door.LosesAnswerOf = target => target.EndsWith(".jsonl.gz", StringComparison.Ordinal) && Interlocked.Increment(ref files) % 3 == 0;
        string[] settings = [.. Fixture.Settings, .. Server.Settings, "Archive:MaintenanceInterval=00:00:00.3", "Archive:FlushEvents=50", "Archive:CompactFiles=2", "Archive:Grace=00:00:00"];
        var events = Enumerable.Range(0, 1500).Select(i => FeaturesFixture.Event($"e{i}", EventType.Like, $"u{i % 40}", "v", at: TimeProvider.System.GetUtcNow().AddDays(-(i % 3)))).ToArray();
        var random = new Random(4);
        for (var life = 0; life < 3; life++)
        {
            using var process = KillableProcess.Start("Features", settings);
            await Eventually.TrueAsync(() => process.Output.Contains("Reading", StringComparison.Ordinal));
            await Fixture.SendAsync(events.Skip(500 * life).Take(500));
            await Task.Delay(random.Next(200, 1500), Token);
            process.Kill();
            if (life == 1 && Directory.Exists(Fixture.ArchivePath)) Directory.Delete(Fixture.ArchivePath, recursive: true);
        }
        Server.Door.LosesAnswerOf = null;
        await using (await Fixture.StartAsync(settings))
        {
            await Fixture.WaitUntilAbsorbedAsync();
            await Eventually.TrueAsync(() => EventIds().Count == events.Length, "every event is archived");
        }
        Assert.Equal(events.Select(e => e.EventId).Order(StringComparer.Ordinal), EventIds().Order(StringComparer.Ordinal));
        Assert.Empty(ArchiveVerifier.Verify(Store(), Token).Problems);
        Assert.Empty(Directory.GetFiles(Fixture.ArchivePath, "*" + ArchiveFile.Extension, SearchOption.AllDirectories));
        foreach (var user in Enumerable.Range(0, 40)) Assert.Equal(events.Count(e => e.UserId == $"u{user}"), (await Fixture.ViewerAsync($"u{user}")).Likes);
    }

    [Fact]
    public async Task While_the_store_is_away_events_are_absorbed_and_their_files_come_later()
    {
        await using var features = await StartAsync();
        await Fixture.SendAsync(Likes("before", 20));
        await Eventually.TrueAsync(() => EventIds().Count == 20);
        Server.Door.IsAway = true;
        await Fixture.SendAsync(Likes("during", 20));
        await Fixture.WaitUntilAbsorbedAsync();
        await Eventually.TrueAsync(() => ArchiveCatalog.Load(Path.Combine(Fixture.ArchivePath, ".spool")).Files().Count > 0, "files wait");
        Server.Door.IsAway = false;
        await Eventually.TrueAsync(() => EventIds().Count == 40);
        Assert.Empty(ArchiveVerifier.Verify(Store(), Token).Problems);
    }

    [Fact]
    public async Task While_the_store_is_away_no_more_than_is_allowed_waits_and_then_reading_pauses()
    {
        const int Events = 40_000;
        await using var features = await StartAsync("ObjectStore:SpoolMegabytes=1", "Archive:BufferMegabytes=1", "Archive:FlushEvents=2000");
        await Fixture.SendAsync(Likes("first", 1));
        await Eventually.TrueAsync(() => EventIds().Count == 1, "it reads");
        Server.Door.IsAway = true;
        await Fixture.SendAsync(Enumerable.Range(0, Events).Select(i => FeaturesFixture.Event($"{Guid.NewGuid()}", EventType.Like, $"u{i % 97}", $"{Guid.NewGuid()}")));
        await Eventually.TrueAsync(() => Spooled() >= 1 << 20, "the spool is full");
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(100, Token);
            Assert.InRange(Spooled(), 0, 3 << 20); // what was allowed, and the files that were being written then
        }
        Server.Door.IsAway = false;
        await Eventually.TrueAsync(() => EventIds() is var ids && ids.Count == Events + 1 && ids.Distinct().Count() == Events + 1, "all are archived, once");

        long Spooled() => ArchiveCatalog.Load(Path.Combine(Fixture.ArchivePath, ".spool")).Files()
            .Select(f => new FileInfo(Path.Combine(Fixture.ArchivePath, ".spool", f.RelativePath))).Sum(f => f.Exists ? f.Length : 0);
    }

    [Fact]
    public async Task Two_replicas_with_folders_of_their_own_archive_each_event_once_through_a_takeover()
    {
        string[] other = [$"Storage:ArchivePath={Folder}/other", "Kafka:SessionTimeout=00:00:06"];
        await using (await StartAsync())
        {
            await Fixture.SendAsync(Likes("one", 100));
            await Eventually.TrueAsync(() => EventIds().Count == 100);
            await using var second = await StartAsync(other);
            await Fixture.SendAsync(Likes("two", 100));
            await Eventually.TrueAsync(() => EventIds().Count == 200);
        }
        await using var last = await StartAsync(other);
        await Fixture.SendAsync(Likes("three", 100));
        await Eventually.TrueAsync(() => EventIds().Count == 300);
        Assert.Equal(300, EventIds().Distinct().Count());
        // Nobody has read the logs from their beginning again: each chain has no file that does not count.
        Assert.Empty(ArchiveVerifier.Verify(Store(), Token).Problems);
    }

    [Fact]
    public async Task A_forgotten_viewer_is_gone_from_the_bucket()
    {
        await using var features = await StartAsync("Archive:MaintenanceInterval=00:00:00.3");
        await Fixture.SendAsync(Likes("some", 20));
        await Eventually.TrueAsync(() => EventIds().Count == 20);
        await using var door = await RunningService.StartAsync(
            "ingestion", b => b.AddIngestion(), a => a.MapIngestion(),
            [$"Kafka:BootstrapServers={Fixture.Kafka.Bootstrap}", $"Kafka:Partitions={FeaturesFixture.Partitions}", $"Kafka:LogIdentity={FeaturesFixture.Log}", $"Redis:Endpoints={Fixture.Redis.Server.Endpoint}", "Redis:Timeout=00:00:20"]);
        var privacy = new PrivacyService.PrivacyServiceClient(door.Channel);
        var id = (await privacy.ForgetUserAsync(new ForgetUserRequest { UserId = "u7" })).ErasureId;
        await Eventually.TrueAsync(async () => (await privacy.GetErasureAsync(new GetErasureRequest { ErasureId = id })).State == Erasure.Types.State.Completed);
        await Eventually.TrueAsync(() => EventIds() is { Count: 19 } ids && !ids.Contains("some7"), "all rows but those of the viewer are there");
        await features.DisposeAsync();
        Assert.Empty(ArchiveVerifier.Verify(Store(), Token).Problems);
    }

    [Fact]
    public async Task A_start_that_cannot_work_ends_with_a_sentence()
    {
        await RefusedAsync("ObjectStore:Bucket is nowhere; ", "ObjectStore:Bucket=nowhere");
        await RefusedAsync("refuses the credentials", $"ObjectStore:AccessKeyFile={Server.WriteFile("wrong", "WRONG")}");
        await RefusedAsync("ObjectStore:SecretKeyFile is /none; it must name a file with a secret key.", "ObjectStore:SecretKeyFile=/none");
        await RefusedAsync("ObjectStore:Endpoint is ftp://x; it must be a URL with http or https.", "ObjectStore:Endpoint=ftp://x");
        await RefusedAsync("ObjectStore:Prefix is a; it must be empty, or end with '/' and not begin with it.", "ObjectStore:Prefix=a");
        var file = new ArchiveFile("like", new DateOnly(2026, 11, 1), "L", 0, 0, 9, 1, 1);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Fixture.ArchivePath, file.RelativePath))!);
        await File.WriteAllBytesAsync(Path.Combine(Fixture.ArchivePath, file.RelativePath), [], Token);
        await RefusedAsync("which has an archive of its own");
    }

    private async Task RefusedAsync(string sentence, params string[] settings)
    {
        using var process = KillableProcess.Start("Features", [.. Fixture.Settings, .. Server.Settings, .. settings]);
        Assert.Equal(2, await process.ExitAsync());
        Assert.Contains(sentence, process.Output, StringComparison.Ordinal);
    }

    private Task<RunningService> StartAsync(params string[] settings) => Fixture.StartAsync([.. Server.Settings, .. settings]);

    private static IEnumerable<Event> Likes(string name, int count) => Enumerable.Range(0, count).Select(i => FeaturesFixture.Event($"{name}{i}", EventType.Like, $"u{i}", "v"));

    private List<string> EventIds()
    {
        var (ids, store) = (new List<string>(), Store());
        try
        {
            foreach (var file in ArchiveCatalog.Load(store, cancellationToken: Token).Files("like"))
            {
                using var copy = store.Borrow(file.RelativePath);
                ArchiveRows.Read(copy.Path, row => ids.Add(EventJson.Parse(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(row))).EventId), Token);
            }
        }
        catch (FileNotFoundException)
        {
            return []; // it is being rearranged
        }
        return ids;
    }
}
