using Grpc.Core;
using Recommender.Hosting.Online;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using Recommender.V1;

namespace Recommender.Tests.Integration.Training;

public sealed class ModelRegistryTests(EmbeddedKafkaFixture kafka, RedisFixture redis) : TrainingTest(kafka, redis)
{
    private static async Task<RpcException> RefusePromotionAsync(TrainingHost host, string version, StatusCode code) =>
        await RefusedAsync(host.Models.PromoteModelAsync(new PromoteModelRequest { Version = version }, cancellationToken: Token), code);

    [Fact]
    public async Task Versions_are_listed_newest_first_page_by_page_with_the_live_one_marked()
    {
        var (host, versions) = await StartWithModelsAsync(3);
        await PromoteAsync(host, versions[1]);
        var first = await host.Models.ListModelVersionsAsync(new ListModelVersionsRequest { PageSize = 2 }, cancellationToken: Token);
        var next = new ListModelVersionsRequest { PageSize = 2, PageToken = first.NextPageToken };
        var second = await host.Models.ListModelVersionsAsync(next, cancellationToken: Token);
        Assert.Equal(versions.Reverse(), first.Versions.Concat(second.Versions).Select(v => v.Version));
        Assert.Equal([false, true, false], first.Versions.Concat(second.Versions).Select(v => v.Live));
        Assert.Equal(["challenger", "champion", ""], first.Versions.Concat(second.Versions).Select(v => string.Join(' ', v.Aliases)));
        Assert.All(first.Versions, v => Assert.Equal("ials", v.Trainer));
        Assert.Equal("", second.NextPageToken);
        var wrong = new ListModelVersionsRequest { PageToken = "?" };
        var error = await RefusedAsync(host.Models.ListModelVersionsAsync(wrong, cancellationToken: Token), StatusCode.InvalidArgument);
        Assert.Equal(["page_token"], Fields(error));
    }

    [Fact]
    public async Task What_was_live_when_and_why_is_listed_newest_first()
    {
        var (host, versions) = await StartWithModelsAsync(2);
        Assert.Empty((await host.Models.ListLiveChangesAsync(new ListLiveChangesRequest(), cancellationToken: Token)).Changes);
        foreach (var version in versions) await PromoteAsync(host, version);
        Assert.Equal(["champion"], (await RollBackAsync(host)).Aliases);

        var first = await host.Models.ListLiveChangesAsync(new ListLiveChangesRequest { PageSize = 2 }, cancellationToken: Token);
        var second = await host.Models.ListLiveChangesAsync(new ListLiveChangesRequest { PageSize = 2, PageToken = first.NextPageToken }, cancellationToken: Token);
        var changes = first.Changes.Concat(second.Changes).ToArray();
        Assert.Equal(
            [(versions[0], "rolled_back"), (versions[1], "promoted"), (versions[0], "promoted")], changes.Select(c => (c.Version, c.Action)));
        Assert.All(changes, c => Assert.Equal("asked for by a caller", c.Reason));
        Assert.Equal(changes.Select(c => c.At.ToDateTimeOffset()).OrderDescending(), changes.Select(c => c.At.ToDateTimeOffset()));
        Assert.Equal("", second.NextPageToken);
    }

    [Fact]
    public async Task A_version_tells_what_it_is()
    {
        var (host, versions) = await StartWithModelsAsync(1);
        var version = await host.Models.GetModelVersionAsync(new GetModelVersionRequest { Version = versions[0] }, cancellationToken: Token);
        var folder = Path.Combine(Folder, "models", versions[0]);
        var files = Directory.GetFiles(folder).Where(f => !f.EndsWith("manifest.json", StringComparison.Ordinal));
        Assert.Equal(files.Sum(f => new FileInfo(f).Length), version.ArtifactBytes);
        Assert.Equal(host.Store.ManifestSha256(versions[0]), version.Sha256);
        Assert.True(version.Metrics["ndcg@20"] > 0);
        Assert.False(version.Live);
        Assert.Equal(64, version.DataVersion.Length);
        var run = Assert.Single((await host.Runs.ListTrainingRunsAsync(new ListTrainingRunsRequest(), cancellationToken: Token)).Runs);
        Assert.Equal((run.RunId, run.ModelVersion), (version.RunId, version.Version));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("../models")]
    [InlineData("runs")]
    public async Task An_unknown_version_does_not_exist(string version)
    {
        var host = await StartAsync();
        await RefusePromotionAsync(host, version, StatusCode.NotFound);
        await RefusedAsync(host.Models.GetModelVersionAsync(new GetModelVersionRequest { Version = version }, cancellationToken: Token), StatusCode.NotFound);
    }

    [Fact]
    public async Task Each_promotion_is_announced_and_promoting_the_live_one_changes_nothing()
    {
        var (host, versions) = await StartWithModelsAsync(2);
        Assert.True((await PromoteAsync(host, versions[0])).Live);
        Assert.True((await PromoteAsync(host, versions[1])).Live);
        Assert.True((await PromoteAsync(host, versions[1])).Live);
        Assert.Equal(versions, host.Store.ReadLive().History.Select(h => h.Version));
        var announced = Announcements().TakeLast(2);
        Assert.Equal([(versions[0], "", "promoted"), (versions[1], versions[0], "promoted")], announced.Select(a => (a.Version, a.PreviousVersion, a.Action)));
    }

    [Theory]
    [InlineData("ials")]
    [InlineData("popularity")]
    public async Task A_promotion_and_the_way_back_write_the_precomputed_lists_anew(string trainer)
    {
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        var host = await StartAsync();
        var first = (await host.SucceedAsync(trainer: trainer)).ModelVersion;
        var before = await ListsAsync(first);
        Assert.Equal(60, before.Count);
        var second = (await host.SucceedAsync(promote: false, trainer: trainer == "ials" ? "popularity" : "ials")).ModelVersion;

        // What nobody knew when the models were trained is in no list.
        Archive.AddEvents([TestEvents.One("viewer-0001", "brand-new", 1)], log: "later");
        await PromoteAsync(host, second);
        await Eventually.TrueAsync(async () => (await ListsAsync(second)).Count == 60);
        await RollBackAsync(host);
        await Eventually.TrueAsync(async () => (await ListsAsync(first)).Count == 60);
        Assert.Equal(before, await ListsAsync(first));
    }

    /// <summary>The lists of a version: the videos of each viewer who has one, in their order.</summary>
    private async Task<SortedDictionary<string, string>> ListsAsync(string version)
    {
        var lists = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var viewer in TestEvents.Tastes(60, 40).Select(e => e.UserId).Distinct())
        {
            if (await Redis.Client.GetAsync(OnlineKeys.List(viewer), Token) is not { } bytes) continue;
            var list = PrecomputedList.Decode(bytes);
            if (list.ModelVersion == version) lists[viewer] = string.Join(' ', list.Videos.Select(v => v.VideoId));
        }
        return lists;
    }

    [Fact]
    public async Task A_damaged_model_is_refused_and_the_live_one_stays()
    {
        var (host, versions) = await StartWithModelsAsync(3);
        await PromoteAsync(host, versions[0]);

        var factors = host.Store.PathOf(versions[1], "item_factors.npy");
        var bytes = await File.ReadAllBytesAsync(factors, Token);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(factors, bytes, Token);
        Assert.Contains("item_factors.npy", (await RefusePromotionAsync(host, versions[1], StatusCode.FailedPrecondition)).Status.Detail, StringComparison.Ordinal);

        File.Delete(host.Store.PathOf(versions[2], "item_ids.jsonl"));
        Assert.Contains("item_ids.jsonl", (await RefusePromotionAsync(host, versions[2], StatusCode.FailedPrecondition)).Status.Detail, StringComparison.Ordinal);

        await File.WriteAllTextAsync(host.Store.PathOf(versions[2], "manifest.json"), "{\"version\":", Token);
        var error = await RefusePromotionAsync(host, versions[2], StatusCode.FailedPrecondition);
        Assert.DoesNotContain(Folder, error.Status.Detail, StringComparison.Ordinal);
        var damaged = new GetModelVersionRequest { Version = versions[2] };
        await RefusedAsync(host.Models.GetModelVersionAsync(damaged, cancellationToken: Token), StatusCode.FailedPrecondition);

        // That it is live already makes it no better.
        await File.WriteAllTextAsync(host.Store.PathOf(versions[0], "popularity.npy"), "", Token);
        await RefusePromotionAsync(host, versions[0], StatusCode.FailedPrecondition);

        Assert.Equal(versions[0], host.Store.ReadLive().Version);
        var listed = await host.Models.ListModelVersionsAsync(new ListModelVersionsRequest(), cancellationToken: Token);
        Assert.Equal([versions[1], versions[0]], listed.Versions.Select(v => v.Version));
    }

    [Fact]
    public async Task A_model_half_written_does_not_exist()
    {
        var (host, versions) = await StartWithModelsAsync(1);
        var half = versions[0] + ".tmp";
        Directory.Move(Path.Combine(Folder, "models", versions[0]), Path.Combine(Folder, "models", half));
        await RefusePromotionAsync(host, versions[0], StatusCode.NotFound);
        Assert.Empty((await host.Models.ListModelVersionsAsync(new ListModelVersionsRequest(), cancellationToken: Token)).Versions);
    }

    [Fact]
    public async Task What_is_live_is_announced_again_at_the_next_start()
    {
        var (host, versions) = await StartWithModelsAsync(1);
        await PromoteAsync(host, versions[0]);
        await StopAsync(host);
        var before = Announcements().Count;
        await StartAsync();
        await Eventually.TrueAsync(() => Announcements().Count > before);
        Assert.Equal(versions[0], Announcements()[^1].Version);
    }

    [Fact]
    public async Task While_Kafka_is_down_a_promotion_counts_and_is_announced_later()
    {
        var (host, versions) = await StartWithModelsAsync(1);
        Kafka.Broker.SetDown();
        try
        {
            Assert.True((await PromoteAsync(host, versions[0])).Live);
            Assert.Equal(versions[0], host.Store.ReadLive().Version);
        }
        finally
        {
            Kafka.Broker.SetUp();
        }
        await Eventually.TrueAsync(() => Announcements().Any(a => a.Version == versions[0]));
    }
}
