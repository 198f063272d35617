using System.Diagnostics;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Archive.Keeping;
using Recommender.Tests.Unit.Modeling;
using static Recommender.Tests.Unit.Hosting.Keeping.KeptArchive;

namespace Recommender.Tests.Unit.Hosting.Keeping;

public sealed class ArchiveKeeperTests
{
    private static readonly KeepingRules s_merging = new() { CompactFiles = 2, Grace = TimeSpan.Zero };

    [Fact]
    public void Whatever_happens_readers_find_each_row_once_and_no_forgotten_row_stays() => Seeds.ForAll(seed =>
    {
        using var archive = new KeptArchive();
        var random = new Random(seed);
        for (var step = 0; step < 25; step++)
        {
            switch (random.Next(5))
            {
                case 0 or 1:
                    archive.Add(random.Next(2) == 0 ? "view" : "like", random.Next(2), Enumerable.Range(0, random.Next(4)).Select(_ => ($"u{random.Next(4)}", RandomTime(random))));
                    break;
                case 2:
                    archive.Forget($"u{random.Next(4)}", RandomTime(random));
                    break;
                default:
                    // Sometimes it is stopped between two files, or has nothing to merge, or keeps what was merged.
                    using (var stop = new CancellationTokenSource(random.Next(3) == 0 ? TimeSpan.FromMilliseconds(random.Next(4)) : TimeSpan.FromMinutes(1)))
                    {
                        var rules = new KeepingRules { CompactFiles = random.Next(3) * 2, CompactBytes = random.Next(50, 5000), Grace = TimeSpan.FromDays(random.Next(2) * 1e6) };
                        try
                        {
                            Assert.Empty(archive.Keep(rules, cancellationToken: stop.Token).Problems);
                        }
                        catch (OperationCanceledException)
                        {
                        }
                    }
                    break;
            }
            archive.AssertReadable();
        }
        archive.Keep(s_merging);
        archive.AssertKept();
    });

    [Fact]
    public void Rows_until_the_wish_go_and_later_ones_stay()
    {
        using var archive = new KeptArchive();
        archive.Add("view", 0, ("ann", Start), ("bob", Start), ("ann", Start.AddHours(2)));
        archive.Forget("ann", Start.AddHours(1));
        Assert.Equal(1, archive.Keep().RowsErased);
        archive.AssertKept();
        Assert.Equal(2, archive.Read("view").Count);
        Assert.Equal((0, 0), (archive.Keep().RowsErased, archive.Keep().Searched)); // nothing is left to do
    }

    [Fact]
    public void What_comes_late_is_searched_as_well()
    {
        using var archive = new KeptArchive();
        archive.Forget("ann", Start.AddHours(1));
        archive.Keep();
        archive.Add("view", 0, ("ann", Start));
        Assert.Equal(1, archive.Keep().RowsErased);
        Assert.Empty(archive.Read("view"));
        Assert.Equal(1, ArchiveCatalog.Load(archive.Root).NextOffset(Log, "view", 0)); // the offsets stay known
    }

    [Fact]
    public void A_name_is_found_however_it_is_written_and_columns_go_with_the_rows()
    {
        using var archive = new KeptArchive();
        archive.Add("view", 0, ("短\\u89c6\\u9891", Start), ("b", Start));
        archive.Forget("短视频", Start.AddHours(1));
        var path = Path.Combine(archive.Root, ArchiveCatalog.Load(archive.Root).Files("view").Single().RelativePath);
        File.WriteAllText(path + ArchiveFile.ColumnsExtension, "短视频");
        Assert.Equal(1, archive.Keep().RowsErased);
        Assert.False(File.Exists(path + ArchiveFile.ColumnsExtension));
        Assert.Contains("\"b\"", Assert.Single(archive.Read("view")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_crash_between_the_file_and_its_manifest_is_made_good()
    {
        using var archive = new KeptArchive();
        archive.Add("view", 0, ("ann", Start), ("bob", Start));
        archive.Keep();
        var folder = Path.Combine(archive.Root, DayManifest.FolderOf("view", new DateOnly(2026, 11, 1)));
        var before = File.ReadAllBytes(Path.Combine(folder, DayManifest.FileName));
        archive.Forget("ann", Start.AddHours(1));
        archive.Keep();
        File.WriteAllBytes(Path.Combine(folder, DayManifest.FileName), before);
        archive.Keep();
        archive.AssertKept();
    }

    [Fact]
    public void Small_neighbours_are_merged_and_deleted_after_a_while()
    {
        using var archive = new KeptArchive();
        for (var i = 0; i < 8; i++) archive.Add("view", 0, ("a", Start.AddHours(i)), ("b", Start.AddDays(i % 2)));
        var rows = archive.Read("view").Order().ToArray();
        var now = DateTimeOffset.UtcNow;
        foreach (var path in Directory.GetFiles(archive.Root, "*.gz", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(path, now.UtcDateTime.AddHours(-2));
        var report = archive.Keep(new KeepingRules(), now);
        Assert.Equal((12, 2, 0), (report.Merged, report.Made, report.Deleted));
        archive.AssertKept();
        Assert.Equal([(0L, 15L)], ArchiveCatalog.Load(archive.Root).Files("view").Select(f => (f.From, f.To)).Distinct());
        Assert.Equal(12, archive.Keep(new KeepingRules(), now.AddHours(2)).Deleted);
        archive.AssertKept();
        Assert.Equal(rows, archive.Read("view").Order());
        Assert.Equal(2, Directory.GetFiles(archive.Root, "*.gz", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void Files_that_are_young_or_large_or_few_are_left_alone()
    {
        using var archive = new KeptArchive();
        for (var i = 0; i < 8; i++) archive.Add("view", 0, ("a", Start.AddHours(i)));
        Assert.Equal(0, archive.Keep(new KeepingRules(), DateTimeOffset.UtcNow).Merged);
        Assert.Equal(0, archive.Keep(new KeepingRules { CompactFiles = 9 }, DateTimeOffset.UtcNow.AddDays(1)).Merged);
        Assert.Equal(0, archive.Keep(new KeepingRules { CompactBytes = 100 }, DateTimeOffset.UtcNow.AddDays(1)).Merged);
    }

    [Fact]
    public void Days_that_are_too_old_are_emptied_and_their_offsets_stay()
    {
        using var archive = new KeptArchive();
        archive.Add("view", 0, ("a", Start), ("b", Start.AddDays(9)));
        archive.Add("view", 0, ("c", Start.AddDays(10)));
        var report = archive.Keep(new KeepingRules { RetentionDays = 5 }, Start.AddDays(12));
        Assert.Equal(1, report.Expired);
        Assert.Equal(2, archive.Read("view").Count);
        Assert.Equal([(Log, "view", 0, 0L, 2L)], ArchiveCatalog.Load(archive.Root).Ranges);
        Assert.Equal(0, archive.Keep(new KeepingRules { RetentionDays = 5 }, Start.AddDays(12)).Expired);
        foreach (var path in Directory.EnumerateFiles(archive.Root, "*.gz", SearchOption.AllDirectories)) AssertGzipReads(path);
    }

    [Fact]
    public void Of_a_file_whose_last_row_is_forgotten_gzip_still_reads_what_is_left()
    {
        using var archive = new KeptArchive();
        archive.Add("view", 0, ("ann", Start));
        archive.Forget("ann", Start.AddHours(1));
        Assert.Equal(1, archive.Keep().RowsErased);
        archive.AssertKept();
        Assert.Empty(archive.Read("view"));
        AssertGzipReads(Path.Combine(archive.Root, ArchiveCatalog.Load(archive.Root).Files("view").Single().RelativePath));
    }

    [Fact]
    public void A_damaged_file_is_told_and_does_not_hold_up_the_others()
    {
        using var archive = new KeptArchive();
        archive.Add("like", 0, ("ann", Start));
        archive.Add("view", 0, ("ann", Start));
        var path = Path.Combine(archive.Root, ArchiveCatalog.Load(archive.Root).Files("like").Single().RelativePath);
        var bytes = File.ReadAllBytes(path);
        bytes[^6] ^= 1;
        File.WriteAllBytes(path, bytes);
        archive.Forget("ann", Start.AddHours(1));
        var report = archive.Keep();
        Assert.Contains("type=like/day=2026-11-01", Assert.Single(report.Problems), StringComparison.Ordinal);
        Assert.Equal(1, report.RowsErased);
    }

    [Fact]
    public void Only_one_at_a_time_keeps_the_archive()
    {
        using var archive = new KeptArchive();
        using (ArchiveLock.TryTake(archive.Root)) Assert.Null(ArchiveLock.TryTake(archive.Root));
        using var again = ArchiveLock.TryTake(archive.Root);
        Assert.NotNull(again);
    }

    private static DateTimeOffset RandomTime(Random random) => Start.AddHours(random.Next(72));

    private static void AssertGzipReads(string path)
    {
        using var gzip = Process.Start("gzip", ["--test", path]);
        gzip.WaitForExit();
        Assert.Equal(0, gzip.ExitCode);
    }
}
