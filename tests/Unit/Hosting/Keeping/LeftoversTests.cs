using Recommender.Hosting.Archive;
using Recommender.Hosting.Archive.Keeping;

namespace Recommender.Tests.Unit.Hosting.Keeping;

public sealed class LeftoversTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("leftovers-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void What_was_merged_may_go()
    {
        Put((0, 99), (0, 9), (10, 19), (20, 99));
        Assert.Equal([(0, 9), (10, 19), (20, 99)], Replaced());
        Remove(0, 9); // killed in the middle of deleting
        Assert.Equal([(10, 19), (20, 99)], Replaced());
    }

    [Fact]
    public void A_batch_whose_writer_may_go_on_behind_it_stays()
    {
        Put((0, 9), (10, 19), (10, 14)); // the owner is at 15; somebody thought dead has written up to 19
        Assert.Equal([(0, 9), (10, 19)], Chain());
        Assert.Empty(Replaced());
        Put((15, 40));
        Assert.Equal([(0, 9), (10, 14), (15, 40)], Chain());
    }

    [Fact]
    public void A_merged_batch_is_merged_again_while_what_it_was_made_of_is_still_there()
    {
        Put((0, 99), (0, 49), (50, 99), (0, 9), (10, 49));
        Assert.Equal([(0, 9), (0, 49), (10, 49), (50, 99)], Replaced().Order());
    }

    [Fact]
    public void Half_of_a_batch_may_go_once_others_hold_its_offsets()
    {
        Put(new ArchiveFile("view", new DateOnly(2026, 11, 1), "L", 2, 0, 30, 1, 2));
        Put((0, 9));
        Assert.Empty(Replaced());
        Put((10, 30));
        Assert.Equal([(0, 30)], Replaced());
    }

    [Fact]
    public void A_late_writer_never_makes_the_archive_begin_later()
    {
        Put((0, 149), (100, 300));
        Assert.Equal([(0, 149)], Chain());
        Put((150, 160));
        Assert.Equal([(0, 149), (150, 160)], Chain());
        Assert.Empty(Replaced());
    }

    private void Put(params IEnumerable<(long From, long To)> batches)
    {
        foreach (var (from, to) in batches) Put(new ArchiveFile("view", new DateOnly(2026, 11, 1), "L", 2, from, to, 1, 1));
    }

    private void Put(ArchiveFile file)
    {
        var path = Path.Combine(_root, file.RelativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, []);
    }

    private void Remove(long from, long to) => File.Delete(Path.Combine(_root, new ArchiveFile("view", new DateOnly(2026, 11, 1), "L", 2, from, to, 1, 1).RelativePath));

    private (long, long)[] Chain() => [.. ArchiveCatalog.Load(_root).Files("view").Select(f => (f.From, f.To))];

    private (long, long)[] Replaced() => [.. Leftovers.Replaced(ArchiveCatalog.Load(_root)).Select(r => (r.File.From, r.File.To))];
}
