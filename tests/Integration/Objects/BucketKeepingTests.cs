using System.Globalization;
using System.Text;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Archive.Keeping;
using Recommender.Hosting.Objects;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;

namespace Recommender.Tests.Integration.Objects;

/// <summary>An archive is kept in order in a bucket as it is in a folder.</summary>
public sealed class BucketKeepingTests : BucketTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Merging_forgetting_and_retention_leave_the_same_objects_as_files(int seed)
    {
        var random = new Random(seed);
        var (folder, store) = (Path.Combine(Folder, "here"), Store());
        var archive = new TestArchive(folder);
        for (var round = 0; round < 4; round++)
        {
            for (var file = 0; file < 4; file++)
                archive.Add("like", Enumerable.Range(0, 5).Select(i => Encoding.UTF8.GetBytes(Row($"u{random.Next(6)}", 1 + (round / 2)))), partition: random.Next(2), day: 1 + (round / 2));
            if (round > 0) archive.Add("erasure", $$"""{"erasure_id":"e{{round}}","user_id":"u{{round}}","requested_at":"2026-12-01T00:00:00Z"}""");
            foreach (var path in Directory.GetFiles(folder, "*" + ArchiveFile.Extension, SearchOption.AllDirectories)) store.Add(Path.GetRelativePath(folder, path), path);

            var rules = new KeepingRules { Grace = TimeSpan.Zero, CompactFiles = 2, RetentionDays = round == 3 ? 30 : 0 };
            var now = round == 3 ? new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero) : new DateTimeOffset(2026, 12, 2, 0, 0, 0, TimeSpan.Zero);
            var there = ArchiveKeeper.Run(store, rules, DateTimeOffset.UtcNow > now ? DateTimeOffset.UtcNow.AddDays(1) : now, Token);
            var here = ArchiveKeeper.Run(folder, rules, DateTimeOffset.UtcNow > now ? DateTimeOffset.UtcNow.AddDays(1) : now, Token);
            Assert.Equal(
                (here.Searched, here.RowsErased, here.Merged, here.Made, here.Expired, here.Deleted), (there.Searched, there.RowsErased, there.Merged, there.Made, there.Expired, there.Deleted));
            Assert.Empty(there.Problems);
            Assert.Equal(Contents(new FolderStore(folder)), Contents(store));
            Assert.Empty(ArchiveVerifier.Verify(store, Token).Problems);
        }
    }

    [Fact]
    public void A_copy_has_what_the_bucket_has_whatever_comes_and_goes_and_spares_other_folders()
    {
        var (store, random) = (Store(), new Random(3));
        var copy = new ArchiveCopy(store, Path.Combine(Folder, "copy"));
        for (var round = 0; round < 6; round++)
        {
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                var name = new ArchiveFile("view", new DateOnly(2026, 11, 1 + random.Next(2)), "L", 0, random.Next(9), 9, 1, 1).RelativePath;
                if (random.Next(3) == 0) store.Delete(name);
                else store.Put(name, Encoding.UTF8.GetBytes(new string('x', 1 + (10 * round) + i)));
            }
            copy.Refresh(Token);
            Assert.Equal(Contents(store), Contents(new FolderStore(Path.Combine(Folder, "copy"))));
            Assert.Equal((0, 0), copy.Refresh(Token));
        }

        var own = new TestArchive(Path.Combine(Folder, "own"));
        own.Add("view", Row("u", 1));
        var e = Assert.Throws<InvalidDataException>(() => new ArchiveCopy(store, own.Root).Refresh(Token));
        Assert.Contains("has an archive of its own", e.Message, StringComparison.Ordinal);
        Assert.Contains("is a copy of", Assert.Throws<InvalidDataException>(() => new ArchiveCopy(Store("other/"), Path.Combine(Folder, "copy")).Refresh(Token)).Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(own.Root, "*.gz", SearchOption.AllDirectories));
    }

    [Fact]
    public void Verify_finds_what_is_damaged_or_gone_in_a_bucket()
    {
        var store = Store();
        var archive = new TestArchive(Path.Combine(Folder, "here"));
        for (var i = 0; i < 3; i++) archive.Add("like", Row("u", 1));
        var names = Directory.GetFiles(archive.Root, "*.gz", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(p => Path.GetRelativePath(archive.Root, p)).ToArray();
        foreach (var name in names) store.Add(name, Path.Combine(archive.Root, name));
        ArchiveKeeper.Run(store, new KeepingRules { CompactFiles = 0 }, DateTimeOffset.UtcNow, Token);
        Assert.Empty(ArchiveVerifier.Verify(store, Token).Problems);
        Server.Damage("archive/" + names[0]);
        store.Delete(names[1]);
        var problems = ArchiveVerifier.Verify(store, Token).Problems;
        Assert.Contains(problems, p => p.StartsWith(names[0], StringComparison.Ordinal) && p.Contains("is damaged", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith(names[1], StringComparison.Ordinal) && p.EndsWith("it is not there", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("nothing is archived of the offsets 1 to 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_commands_of_an_archive_work_on_a_bucket()
    {
        var store = Store();
        var archive = new TestArchive(Path.Combine(Folder, "here"));
        for (var i = 0; i < 4; i++) archive.Add("like", Row("u", 1));
        foreach (var path in Directory.GetFiles(archive.Root, "*.gz", SearchOption.AllDirectories)) store.Add(Path.GetRelativePath(archive.Root, path), path);

        var merged = await RunAsync("archive", "compact", "--files", "2", "--grace", "0s");
        Assert.True(merged.Code == 0 && merged.Output.StartsWith("4 files merged into 1, ", StringComparison.Ordinal), merged.Output + merged.Errors);
        // By the clock of the store the new file may be younger than the run that made it; then the next one deletes the old ones.
        Assert.Equal(0, (await RunAsync("archive", "compact", "--files", "2", "--grace", "0s")).Code);
        Assert.Single(store.List("type=like/"), o => o.Name.EndsWith(ArchiveFile.Extension, StringComparison.Ordinal));
        var proven = await RunAsync("archive", "verify", "--offline");
        Assert.True(proven.Code == 0 && proven.Output.EndsWith("every file is as it was written\n", StringComparison.Ordinal), proven.Output + proven.Errors);
        var dataset = await RunAsync("archive", "dataset", "--of", "views", "--out", Path.Combine(Folder, "views.csv"));
        Assert.True(dataset.Code == 0, dataset.Errors);
        Assert.Contains("from 4 events", dataset.Output, StringComparison.Ordinal);
        var fetched = await RunAsync("archive", "fetch", "--to", Path.Combine(Folder, "copy"));
        Assert.True(fetched.Code == 0, fetched.Errors);
        Assert.Equal(Contents(store), Contents(new FolderStore(Path.Combine(Folder, "copy"))));

        store.Delete(ArchiveCatalog.Load(store, cancellationToken: Token).Files("like").Single().RelativePath);
        Assert.Equal(1, (await RunAsync("archive", "verify", "--offline")).Code);
        var missing = await RunOnAsync("s3://nowhere/archive", "archive", "verify", "--offline");
        Assert.Equal((1, true), (missing.Code, missing.Errors.Contains("has no such bucket", StringComparison.Ordinal)));
    }

    private Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) => RunOnAsync(Store().Address, arguments);

    private Task<(int Code, string Output, string Errors)> RunOnAsync(string archive, params string[] arguments) => Tool.RunAsync(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "recommender.dll"), .. arguments, "--archive", archive], "",
        ("RECOMMENDER_ObjectStore__Endpoint", Server.Options.Endpoint), ("RECOMMENDER_ObjectStore__AccessKeyFile", Server.Options.AccessKeyFile),
        ("RECOMMENDER_ObjectStore__SecretKeyFile", Server.Options.SecretKeyFile));

    private static string Row(string user, int day) => string.Create(
        CultureInfo.InvariantCulture, $"{{\"event_id\":\"{Guid.NewGuid():n}\",\"type\":\"like\",\"user_id\":\"{user}\",\"video_id\":\"v\",\"occurred_at\":\"2026-11-{day:D2}T10:00:00Z\"}}");

    private static SortedDictionary<string, string> Contents(IObjectStore store) => new(
        store.List().Where(o => o.Name.StartsWith("type=", StringComparison.Ordinal)).ToDictionary(o => o.Name, o => Convert.ToBase64String(store.Read(o.Name)!)), StringComparer.Ordinal);
}
