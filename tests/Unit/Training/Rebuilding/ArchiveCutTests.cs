using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Archive.Keeping;
using Recommender.Hosting.Artifacts;
using Recommender.Tests.Unit.Hosting.Keeping;
using Recommender.Tests.Unit.Modeling;
using Recommender.Training.Dataset;
using Recommender.Training.Rebuilding;

namespace Recommender.Tests.Unit.Training.Rebuilding;

public sealed class ArchiveCutTests
{
    [Fact]
    public void What_a_model_was_made_from_is_found_again_in_files_that_were_merged_since() => Seeds.ForAll(seed =>
    {
        using var archive = new KeptArchive();
        var random = new Random(seed);
        AddBatches();
        if (random.Next(2) == 0) Merge();
        var made = Read(archive.Root, null);
        AddBatches();
        Merge();
        var ranges = new ManifestRanges(made.Ranges);
        using var cut = ArchiveCut.Of(archive.Root, ranges);
        var again = Read(cut.Root, ranges.Has);
        Assert.Null(ranges.Missing(again.Ranges));
        Assert.Equal(made.Version, again.Version);

        void AddBatches()
        {
            for (var i = random.Next(1, 9); i > 0; i--)
                archive.Add("view", random.Next(2), Enumerable.Range(0, random.Next(5)).Select(_ => ($"u{random.Next(9)}", KeptArchive.Start.AddHours(random.Next(72)))));
        }

        void Merge()
        {
            var rules = new KeepingRules { CompactFiles = 2, Grace = TimeSpan.Zero };
            for (var i = 0; i < 3; i++) archive.Keep(rules);
        }
    });

    [Fact]
    public void A_merged_file_that_does_not_say_which_rows_are_whose_is_refused()
    {
        using var archive = new KeptArchive();
        archive.Add("view", 0, ("a", KeptArchive.Start));
        var ranges = new ManifestRanges(Read(archive.Root, null).Ranges);
        archive.Add("view", 0, ("b", KeptArchive.Start));
        archive.Keep(new KeepingRules { CompactFiles = 2, Grace = TimeSpan.Zero });
        archive.Keep(new KeepingRules { CompactFiles = 2, Grace = TimeSpan.Zero });
        foreach (var manifest in Directory.GetFiles(archive.Root, DayManifest.FileName, SearchOption.AllDirectories)) File.Delete(manifest);
        Assert.Contains("were merged", Assert.Throws<RebuildException>(() => ArchiveCut.Of(archive.Root, ranges)).Message, StringComparison.Ordinal);
    }

    private static Snapshot Read(string root, Func<ArchiveFile, bool>? keep) =>
        new SnapshotReader(new StorageOptions { ArchivePath = root }, TimeProvider.System, NullLogger<SnapshotReader>.Instance)
            .ReadAsync(_ => { }, keep, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
}
