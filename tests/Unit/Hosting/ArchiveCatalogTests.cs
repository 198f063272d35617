using Recommender.Hosting.Archive;

namespace Recommender.Tests.Unit.Hosting;

public sealed class ArchiveCatalogTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("archive-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Put(long from, long to, int index = 1, int count = 1, string log = "L", int day = 1)
    {
        var path = Path.Combine(_root, new ArchiveFile("view", new DateOnly(2026, 11, day), log, 2, from, to, index, count).RelativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, []);
    }

    private (long, long)[] Chain() => [.. ArchiveCatalog.Load(_root).Files("view").Select(f => (f.From, f.To)).Order()];

    [Fact]
    public void A_name_can_be_read_back()
    {
        var file = new ArchiveFile("feedback", new DateOnly(2026, 1, 2), "ab12", 7, 10, 99, 2, 3);
        Assert.Equal("type=feedback/day=2026-01-02/ab12-p007-000000000000010-000000000000099-2of3.jsonl.gz", file.RelativePath);
        Assert.Equal(file, ArchiveFile.Parse(file.RelativePath));
        Assert.Null(ArchiveFile.Parse(file.RelativePath + ".tmp"));
    }

    [Theory]
    [InlineData("type=view/day=2026-13-45/L-p002-000000000000000-000000000000009-1of1.jsonl.gz")]
    [InlineData("type=view/day=2026-11-01/L-p002-99999999999999999999999-000000000000009-1of1.jsonl.gz")]
    [InlineData("type=view/day=2026-11-01/L-p002-000000000000000-9223372036854775807-1of1.jsonl.gz")]
    [InlineData("type=view/day=2026-11-01/L-p99999999999-000000000000000-000000000000009-1of1.jsonl.gz")]
    [InlineData("type=view/day=2026-11-01/L-p2-000000000000000-000000000000009-1of1.jsonl.gz")]
    [InlineData("type=view/day=2026-11-01/L-p002-000000000000009-000000000000000-1of1.jsonl.gz")]
    [InlineData("type=view/day=2026-11-01/L-p002-000000000000000-000000000000009-2of1.jsonl.gz")]
    [InlineData("type=view/day=2026-11-01/L-p002-000000000000000-000000000000009-0of0.jsonl.gz")]
    public void Names_that_only_look_like_those_of_archive_files_count_for_nothing(string name)
    {
        Assert.Null(ArchiveFile.Parse(name));
        Put(0, 9);
        var path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, []);
        Assert.Equal([(0, 9)], Chain());
    }

    [Fact]
    public void Batches_follow_one_another()
    {
        Put(0, 9);
        Put(10, 19);
        Assert.Equal([(0, 9), (10, 19)], Chain());
        Assert.Equal(20, ArchiveCatalog.Load(_root).NextOffset("L", "view", 2));
        Assert.Null(ArchiveCatalog.Load(_root).NextOffset("other", "view", 2));
    }

    [Fact]
    public void A_batch_of_which_a_file_is_missing_does_not_count()
    {
        Put(0, 9);
        Put(10, 19, 1, 2, day: 1);
        Assert.Equal([(0, 9)], Chain());
        Put(10, 19, 2, 2, day: 2);
        Assert.Equal([(0, 9), (10, 19), (10, 19)], Chain());
    }

    [Fact]
    public void Offsets_written_twice_after_a_crash_count_once()
    {
        Put(0, 9);
        Put(10, 15);
        Put(10, 19);
        Assert.Equal([(0, 9), (10, 19)], Chain());
    }

    [Fact]
    public void Of_overlapping_writers_the_greatest_cover_counts()
    {
        Put(0, 10); // a zombie's batch, finished late
        Put(0, 7);
        Put(8, 20);
        Assert.Equal([(0, 7), (8, 20)], Chain());
    }

    [Fact]
    public void Logs_do_not_mix()
    {
        Put(0, 9);
        Put(0, 4, log: "M");
        var catalog = ArchiveCatalog.Load(_root);
        Assert.Equal(10, catalog.NextOffset("L", "view", 2));
        Assert.Equal(5, catalog.NextOffset("M", "view", 2));
    }

    [Fact]
    public void An_absent_folder_is_an_empty_archive() => Assert.Empty(ArchiveCatalog.Load(Path.Combine(_root, "none")).Files());
}
