using Recommender.Hosting.Archive;
using Recommender.Hosting.Archive.Keeping;

namespace Recommender.Tests.Unit.Hosting.Keeping;

public sealed class ArchiveVerifierTests
{
    private static readonly DateTimeOffset s_day = KeptArchive.Start;

    private static IReadOnlyList<string> Problems(KeptArchive archive) => ArchiveVerifier.Verify(archive.Root, TestContext.Current.CancellationToken).Problems;

    private static string PathOf(KeptArchive archive, ArchiveFile file) => Path.Combine(archive.Root, file.RelativePath);

    [Fact]
    public void A_file_that_was_cut_to_nothing_is_wrong_before_a_manifest_describes_it_too()
    {
        using var archive = new KeptArchive();
        archive.Add("view", 0, ("ann", s_day));
        archive.Add("view", 0);
        Assert.Empty(Problems(archive));
        File.WriteAllBytes(PathOf(archive, ArchiveCatalog.Load(archive.Root).Files("view")[0]), []);
        Assert.Contains("is empty", Assert.Single(Problems(archive)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("type=view/day=2026-13-45/L-p000-000000000000000-000000000000000-1of1.jsonl.gz")]
    [InlineData("type=view/day=2026-11-01/L-p000-000000000000000-9223372036854775807-1of1.jsonl.gz")]
    [InlineData("type=view/day=2026-11-01/copy of a file.jsonl.gz")]
    public void Files_under_names_of_no_archive_file_are_named(string name)
    {
        using var archive = new KeptArchive();
        archive.Add("view", 0, ("ann", s_day));
        var path = Path.Combine(archive.Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(PathOf(archive, ArchiveCatalog.Load(archive.Root).Files("view")[0]), path);
        Assert.StartsWith(name, Assert.Single(Problems(archive)), StringComparison.Ordinal);
        Assert.Empty(archive.Keep().Problems);
    }

    [Fact]
    public void A_file_that_was_copied_to_another_day_is_named()
    {
        using var archive = new KeptArchive();
        archive.Add("view", 0, ("ann", s_day));
        var file = ArchiveCatalog.Load(archive.Root).Files("view")[0];
        var copy = file with { Day = file.Day.AddDays(3) };
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(archive, copy))!);
        File.Copy(PathOf(archive, file), PathOf(archive, copy));
        Assert.Contains("the same part of the same batch", Assert.Single(Problems(archive)), StringComparison.Ordinal);
    }
}
