using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Recommender.Hosting.Artifacts;
using Recommender.V1;

namespace Recommender.Standalone.Export.Recommendations;

/// <summary>Writes one file: there whole, or not at all.</summary>
internal static class ShardFile
{
    /// <summary>Asks for every viewer, with some calls under way at a time, and writes the answers in the order of the viewers.</summary>
    /// <param name="settings">What is exported.</param>
    /// <param name="shard">Number of the file.</param>
    /// <param name="viewers">Its viewers.</param>
    /// <param name="ask">Asks for one viewer.</param>
    public static async Task<ExportedFile> WriteAsync(ExportSettings settings, int shard, string[] viewers, Func<string, Task<RecommendResponse>> ask)
    {
        var (name, versions) = (settings.FileOf(shard), new SortedDictionary<string, long>(StringComparer.Ordinal));
        var path = Path.Combine(settings.Folder, name);
        var temporary = path + AtomicFile.TemporarySuffix;
        var (videos, degraded) = (0L, 0L);
        await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 64 * 1024))
        {
            await using (var zip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true))
            await using (var text = new StreamWriter(zip, new UTF8Encoding(false)))
            {
                await text.WriteAsync(AnswerRows.Header(settings.Format));
                var asked = new Queue<(string UserId, Task<RecommendResponse> Answer)>();
                foreach (var userId in viewers)
                {
                    if (asked.Count == settings.Concurrency) await WriteNextAsync();
                    asked.Enqueue((userId, ask(userId)));
                }
                while (asked.Count > 0) await WriteNextAsync();

                async Task WriteNextAsync()
                {
                    var (userId, answering) = asked.Dequeue();
                    var answer = await answering;
                    await text.WriteAsync(AnswerRows.Lines(settings.Format, userId, answer));
                    versions[answer.ModelVersion] = versions.GetValueOrDefault(answer.ModelVersion) + 1;
                    videos += answer.Videos.Count;
                    if (answer.Degradation != Degradation.None) degraded++;
                }
            }
            if (viewers.Length == 0 && AnswerRows.Header(settings.Format).Length == 0)
            {
                file.SetLength(0);
                file.Write(EmptyGzip.Member);
            }
            file.Flush(flushToDisk: true);
        }
        await using var written = File.OpenRead(temporary);
        var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(written));
        var bytes = written.Length;
        File.Move(temporary, path, overwrite: true);
        return new ExportedFile(name, viewers.Length, degraded, videos, bytes, sha256, versions);
    }
}
