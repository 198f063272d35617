using System.IO.Compression;
using System.Text;
using Recommender.Standalone.Import;
using Recommender.Standalone.Import.Formats;
using Recommender.V1;

namespace Recommender.Tests.Unit.Standalone.Import;

/// <summary>What the importer makes of a small file.</summary>
internal sealed class ImportedFile
{
    public List<LineEvent> LineEvents { get; } = [];

    public List<LineVideo> LineVideos { get; } = [];

    public List<BadLine> BadLines { get; } = [];

    public int Lines { get; private set; }

    public IEnumerable<Event> Events => LineEvents.Select(e => e.Event);

    public IEnumerable<Video> Videos => LineVideos.Select(v => v.Video);

    /// <summary>Events as short texts: <c>view u v</c>.</summary>
    public IEnumerable<string> Said => Events.Select(e => $"{Recommender.Contracts.Json.EventTypeNames.NameOf(e.Type)} {e.UserId} {e.VideoId}");

    public static ImportedFile Of(string format, string text, string prefix = "", long skipThrough = 0) =>
        Of(format, Encoding.UTF8.GetBytes(text), prefix, skipThrough);

    public static ImportedFile Of(string format, byte[] content, string prefix = "", long skipThrough = 0)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, content);
            var read = new ImportedFile();
            foreach (var chunk in new ChunkReader(path, ImportFormat.Named(format).Open(new EventFactory(format, prefix)), skipThrough).Read())
            {
                read.Lines += chunk.Lines;
                read.LineEvents.AddRange(chunk.Events);
                read.LineVideos.AddRange(chunk.Videos);
                read.BadLines.AddRange(chunk.BadLines);
            }
            return read;
        }
        finally
        {
            File.Delete(path);
        }
    }

    public static byte[] Gzip(string text)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return buffer.ToArray();
    }
}
