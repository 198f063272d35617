using Microsoft.Extensions.DependencyInjection;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Objects;
using Recommender.Serving;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Integration.Serving;

namespace Recommender.Tests.Integration.Objects;

/// <summary>Models in a bucket: one process publishes, others serve from folders of their own.</summary>
public sealed class BucketModelTests : BucketTest
{
    private const string First = "20261122T080000Z-0001";
    private const string Second = "20261122T090000Z-0002";
    private readonly List<ObjectStores> _opened = [];

    public override async ValueTask DisposeAsync()
    {
        foreach (var stores in _opened) stores.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public void What_one_process_publishes_another_has()
    {
        var (writer, reader) = (Models("writer"), Models("reader"));
        Assert.Equal("", reader.ReadLive().Version);
        var manifest = TestModels.Save(writer, First);
        TestModels.MakeLive(writer, First);
        Assert.Equal(First, reader.ReadLive().Version);
        Assert.Equal([First], reader.List().Select(m => m.Version));
        reader.Verify(reader.Find(First)!);
        Assert.Equal(writer.ManifestSha256(First), reader.ManifestSha256(First));
        foreach (var file in manifest.Files) Assert.Equal(File.ReadAllBytes(writer.PathOf(First, file.Name)), File.ReadAllBytes(Path.Combine(Folder, "reader", First, file.Name)));

        // A copy that is damaged here is fetched again.
        var copy = reader.PathOf(First, "popularity.npy");
        File.WriteAllText(copy, "damaged");
        File.WriteAllText(reader.PathOf(First, ModelStore.ManifestName), "{");
        reader.Verify(reader.Find(First)!);
        Assert.Equal(File.ReadAllBytes(writer.PathOf(First, "popularity.npy")), File.ReadAllBytes(copy));

        writer.Delete(First);
        Assert.Empty(reader.List());
        Assert.Null(Models("third").Find(First));
    }

    [Fact]
    public void A_version_that_was_not_published_to_the_end_is_not_there()
    {
        var writer = Models("writer", o => o with { PublishPatience = TimeSpan.Zero });
        Server.Door.LosesAnswerOf = target =>
        {
            Server.Door.IsAway = Server.Door.Writes > 2; // in the middle of its files
            return false;
        };
        Assert.Throws<ObjectStoreException>(() => TestModels.Save(writer, First));
        (Server.Door.IsAway, Server.Door.LosesAnswerOf) = (false, null);
        Assert.NotEmpty(Store("models/").List(First + "/"));
        Assert.Empty(Models("reader").List());
        TestModels.Save(writer, First); // and again, over what is there
        Assert.Equal([First], Models("reader").List().Select(m => m.Version));
    }

    [Fact]
    public void The_folder_keeps_few_versions_and_the_live_one()
    {
        var (writer, reader) = (Models("writer"), Models("reader", o => o with { CachedModels = 1 }));
        string[] versions = [First, Second, "20261122T100000Z-0003", "20261122T110000Z-0004"];
        foreach (var version in versions) TestModels.Save(writer, version);
        TestModels.MakeLive(writer, First);
        Assert.Equal(First, reader.ReadLive().Version);
        foreach (var version in versions) reader.Verify(reader.Find(version)!);
        var kept = Directory.GetDirectories(Path.Combine(Folder, "reader")).Select(Path.GetFileName).Where(n => !n!.StartsWith('.')).Order(StringComparer.Ordinal);
        Assert.Equal([First, versions[2], versions[3]], kept);
    }

    [Fact]
    public async Task A_replica_serves_from_the_bucket_through_an_outage_and_a_restart_in_it_and_refuses_damage()
    {
        var writer = Models("writer");
        TestModels.Save(writer, First);
        TestModels.MakeLive(writer, First);
        await using (var serving = await ServeAsync())
        {
            await Eventually.TrueAsync(() => VersionOf(serving) == First);

            // A damaged one is not taken, and what is wrong is said.
            TestModels.Save(writer, Second);
            Server.Damage($"models/{Second}/item_factors.npy");
            TestModels.MakeLive(writer, Second);
            await Eventually.TrueAsync(() => serving.App.Services.GetRequiredService<Recommender.Serving.Model.ModelFollower>().Problem is { } p
                && p.Contains($"s3://{S3Server.Bucket}/test/models/{Second}/item_factors.npy is damaged", StringComparison.Ordinal));
            Assert.Equal(First, VersionOf(serving));
            TestModels.MakeLive(writer, First, "rolled_back");

            Server.Door.IsAway = true;
            for (var i = 0; i < 20; i++)
            {
                await Task.Delay(50, Token);
                Assert.Equal(First, VersionOf(serving));
            }
        }
        await using (var again = await ServeAsync())
        {
            await Eventually.TrueAsync(() => VersionOf(again) == First, "what it had serves while the store is away");
            Server.Door.IsAway = false;
            TestModels.Save(writer, "20261122T100000Z-0003");
            TestModels.MakeLive(writer, "20261122T100000Z-0003");
            await Eventually.TrueAsync(() => VersionOf(again) == "20261122T100000Z-0003");
        }
    }

    private static string? VersionOf(RunningService serving) => serving.App.Services.GetRequiredService<Recommender.Serving.Model.CurrentModel>().Generation?.Version;

    private Task<RunningService> ServeAsync() => RunningService.StartAsync(
        "serving", b => b.AddServing(), a => a.MapServing(),
        ["Kafka:BootstrapServers=127.0.0.1:1", "Redis:Endpoints=127.0.0.1:1", $"Storage:ModelsPath={Folder}/serving", "Serving:ModelPoll=00:00:00.2", "Serving:CatalogPatience=00:00:01", .. Server.Settings]);

    private ModelStore Models(string folder, Func<ObjectStoreOptions, ObjectStoreOptions>? change = null)
    {
        var storage = new StorageOptions { ModelsPath = Path.Combine(Folder, folder), ArchivePath = Path.Combine(Folder, folder, "archive") };
        var options = change?.Invoke(Server.Options) ?? Server.Options;
        var stores = new ObjectStores(storage, options, TimeProvider.System);
        _opened.Add(stores);
        return new ModelStore(storage, stores, options, TimeProvider.System);
    }
}
