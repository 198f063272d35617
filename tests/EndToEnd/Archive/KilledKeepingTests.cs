using System.Text;
using Recommender.Contracts.Json;
using Recommender.Hosting.Archive;
using Recommender.Tests.EndToEnd.Standalone;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;

namespace Recommender.Tests.EndToEnd.Archive;

/// <summary>Merging and forgetting killed in the middle, while somebody reads.</summary>
public sealed class KilledKeepingTests : IDisposable
{
    private const int Rows = 60_000;
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Killed_again_and_again_readers_find_every_row_once_and_in_the_end_the_archive_is_proven()
    {
        var root = Path.Combine(_directory.Path, "archive");
        var archive = new TestArchive(root);
        var at = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        var rows = Enumerable.Range(0, Rows).Select(i => Encoding.UTF8.GetBytes($$"""{"event_id":"e{{i}}","type":"like","user_id":"u{{i % 50}}","video_id":"v","occurred_at":"2026-11-01T00:00:00Z"}""")).ToArray();
        foreach (var (batch, i) in rows.Chunk(100).Select((b, i) => (b, i))) archive.Add("like", batch, partition: i % 3, day: 1 + (i % 4));
        var random = new Random(11);
        var forgotten = 0;
        var kills = 0;
        for (var life = 0; life < 12; life++)
        {
            if (life % 3 == 0)
            {
                archive.Add("erasure", [System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new Contracts.Json.Erasure($"w{life}", $"u{forgotten}", at.AddDays(1)), RecordJson.Default.Erasure)]);
                forgotten++;
            }
            await using var keeping = RecommenderProcess.Start(["archive", "compact", "--archive", root, "--grace", "2s", "--files", "2"]);
            var end = TimeProvider.System.GetTimestamp() + (TimeProvider.System.TimestampFrequency * random.Next(150, 1500) / 1000);
            while (!keeping.HasExited && TimeProvider.System.GetTimestamp() < end) AssertReadable(root, forgotten);
            if (!keeping.HasExited) kills++;
            await keeping.KillAsync();
            AssertReadable(root, forgotten);
        }
        Assert.True(kills > 0, "none was killed in the middle");

        for (var i = 0; i < 2; i++)
        {
            var whole = await RecommenderProcess.RunAsync("archive", "compact", "--archive", root, "--grace", "0s", "--files", "2");
            Assert.True(whole.Code == 0, whole.Output + whole.Errors);
        }
        var proof = await RecommenderProcess.RunAsync("archive", "verify", "--archive", root, "--offline");
        Assert.True(proof.Code == 0, proof.Output + proof.Errors);
        Assert.Equal(Rows - (forgotten * Rows / 50), Read(root).Count);

        // And it says so when it is not.
        File.Delete(Path.Combine(root, ArchiveCatalog.Load(root).Files("like")[0].RelativePath));
        var gap = await RecommenderProcess.RunAsync("archive", "verify", "--archive", root, "--offline");
        Assert.Equal(1, gap.Code);
        Assert.Contains("WRONG", gap.Output, StringComparison.Ordinal);
    }

    /// <summary>No row twice, and none missing but of those who asked.</summary>
    private static void AssertReadable(string root, int forgotten)
    {
        List<string> read;
        try
        {
            read = Read(root);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return; // it took longer than files that were merged are kept; who reads begins again
        }
        Assert.Equal(read.Count, read.Distinct().Count());
        Assert.Equal(Rows - (forgotten * Rows / 50), read.Count(row => !Enumerable.Range(0, forgotten).Any(u => row.Contains($"\"u{u}\"", StringComparison.Ordinal))));
    }

    private static List<string> Read(string root)
    {
        var rows = new List<string>(Rows);
        foreach (var file in ArchiveCatalog.Load(root).Files("like")) ArchiveRows.Read(Path.Combine(root, file.RelativePath), row => rows.Add(Encoding.UTF8.GetString(row)));
        return rows;
    }
}
