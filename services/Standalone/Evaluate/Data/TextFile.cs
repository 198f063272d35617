using System.Text;
using Recommender.Hosting.Artifacts;

namespace Recommender.Standalone.Evaluate.Data;

/// <summary>Lines of a UTF-8 text file, gzipped or not: its first bytes tell, not its name.</summary>
internal static class TextFile
{
    // The last line of a gzip file that was whole: no id that anybody would use.
    private const string EndOfFile = "\0end";

    // Bytes that are no text would all become the same sign, and different ids with them one.
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Calls <paramref name="use"/> with each line that is not blank and its number, from 1.</summary>
    /// <exception cref="DataException">The file cannot be read.</exception>
    public static void ForEachLine(string path, Action<string, long> use, CancellationToken cancellationToken)
    {
        var number = 1L;
        try
        {
            using var file = File.OpenRead(path);
            var isGzip = IsGzip(file);
            using var reader = new StreamReader(isGzip ? SealedGzip.Decompress(file, Encoding.UTF8.GetBytes('\n' + EndOfFile)) : file, s_strict);
            string? last = null;
            for (; reader.ReadLine() is { } line; number++)
            {
                if (number % 4096 == 0) cancellationToken.ThrowIfCancellationRequested();
                last = line;
                if (!string.IsNullOrWhiteSpace(line) && line != EndOfFile) use(line, number);
            }

            if (isGzip && last != EndOfFile) throw new InvalidDataException();
        }
        catch (InvalidDataException)
        {
            throw new DataException($"The file '{path}' cannot be read: its gzip data are damaged or cut off.");
        }
        catch (DecoderFallbackException)
        {
            throw new DataException($"The file '{path}' cannot be read: at or after line {number} it is not UTF-8.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"The file '{path}' cannot be read: {e.Message}");
        }
    }

    private static bool IsGzip(FileStream file)
    {
        Span<byte> start = stackalloc byte[2];
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return read == start.Length && start[0] == 0x1f && start[1] == 0x8b;
    }
}
