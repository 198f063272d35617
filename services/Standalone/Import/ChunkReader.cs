using Recommender.Standalone.Cli;
using Recommender.Standalone.Import.Formats;
using Recommender.V1;

namespace Recommender.Standalone.Import;

/// <summary>Reads a file in chunks of parsed lines.</summary>
/// <param name="path">The file.</param>
/// <param name="parser">The parser, at the file's beginning.</param>
/// <param name="skipThrough">Lines up to this number are parsed (the header is among them) and left out.</param>
internal sealed class ChunkReader(string path, ILineParser parser, long skipThrough = 0) : IImportSink
{
    private const int ChunkLines = 2000;
    private const int ChunkEvents = 20_000;
    private readonly List<Event> _lineEvents = [];
    private readonly List<Video> _lineVideos = [];

    /// <summary>The chunks in order.</summary>
    /// <exception cref="CommandFailure">The file is not of the parser's format, or is damaged.</exception>
    public IEnumerable<ImportChunk> Read()
    {
        using var reader = new LineReader(path);
        while (ReadChunk(reader) is { } chunk) yield return chunk;
    }

    void IImportSink.Add(Event e) => _lineEvents.Add(e);

    void IImportSink.Add(Video video) => _lineVideos.Add(video);

    private ImportChunk? ReadChunk(LineReader reader)
    {
        var (lines, videos, events, bad) = (0, new List<LineVideo>(), new List<LineEvent>(), new List<BadLine>());
        // A line may hold a thousand events, so both are bounded.
        while (lines < ChunkLines && events.Count < ChunkEvents && TryRead(reader, out var line, out var isTooLong))
        {
            if (line.IsEmpty && !isTooLong) continue;
            _lineEvents.Clear();
            _lineVideos.Clear();
            var reason = Parse(line, isTooLong);
            if (reader.Number <= skipThrough) continue;
            lines++;
            if (reason is not null)
            {
                bad.Add(new BadLine(reader.Number, reason));
                continue;
            }
            foreach (var video in _lineVideos) videos.Add(new LineVideo(reader.Number, video));
            for (var i = 0; i < _lineEvents.Count; i++) events.Add(new LineEvent(reader.Number, i == _lineEvents.Count - 1, _lineEvents[i]));
        }
        return lines == 0 ? null : new ImportChunk(reader.Number, lines, videos, events, bad, reader.Position);
    }

    private bool TryRead(LineReader reader, out ReadOnlySpan<byte> line, out bool isTooLong)
    {
        try
        {
            if (!reader.TryRead(out line, out isTooLong)) return false;
            if (line.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0) line = default;
            return true;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new CommandFailure($"{path} is damaged after line {reader.Number}: {e.Message}", ExitCode.Failed, e);
        }
    }

    private string? Parse(ReadOnlySpan<byte> line, bool isTooLong)
    {
        if (isTooLong) return $"the line is longer than {LineReader.MaxLineBytes >> 20} MiB";
        try
        {
            parser.Parse(line, this);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
        catch (CommandFailure e)
        {
            throw new CommandFailure($"{path} can't be read. {e.Message}", e.ExitCode, e);
        }
    }
}
