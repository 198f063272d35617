using System.Text;
using System.Text.Json;
using Recommender.Modeling.Trainers.Auto;

namespace Recommender.Standalone.Evaluate;

/// <summary>
/// The trials of a search as lines of JSON: a first line that names the search, then a line per trial, each on the disk before the next trial
/// begins. A line that a crash cut off is dropped.
/// </summary>
/// <param name="path">The file, or null: nothing is kept.</param>
internal sealed class TrialFile(string? path) : ITrialJournal
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <inheritdoc/>
    public IReadOnlyList<TrialRecord> Open(string fingerprint)
    {
        if (path is null) return [];
        try
        {
            var lines = File.Exists(path) ? WholeLines() : [];
            if (lines.Length == 0)
            {
                Append(JsonSerializer.Serialize(new Heading(fingerprint), s_json));
                return [];
            }

            if (JsonSerializer.Deserialize<Heading>(lines[0], s_json)?.Search != fingerprint)
                throw new UsageException($"The file '{path}' keeps the trials of a search on other data or with other settings; name another file.");
            return [.. lines.Skip(1).Select(line => JsonSerializer.Deserialize<TrialRecord>(line, s_json)!)];
        }
        catch (JsonException)
        {
            throw new UsageException($"The file '{path}' does not keep trials of a search.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The file '{path}' cannot keep trials: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public void Add(TrialRecord trial)
    {
        if (path is not null) Append(JsonSerializer.Serialize(trial, s_json));
    }

    // Cuts off what follows the last end of a line.
    private string[] WholeLines()
    {
        var bytes = File.ReadAllBytes(path!);
        var end = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        if (end < bytes.Length)
        {
            using var file = File.OpenWrite(path!);
            file.SetLength(end);
        }

        return Encoding.UTF8.GetString(bytes, 0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private void Append(string line)
    {
        using var file = new FileStream(path!, FileMode.Append, FileAccess.Write, FileShare.Read);
        file.Write(Encoding.UTF8.GetBytes(line + "\n"));
        file.Flush(flushToDisk: true);
    }

    private sealed record Heading(string Search);
}
