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
            var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
            var end = Array.LastIndexOf(bytes, (byte)'\n') + 1;
            var heading = JsonSerializer.Serialize(new Heading(fingerprint), s_json);
            // A file that has only begun its first line is a heading that a crash cut off, or somebody else's.
            if (end == 0 && !heading.StartsWith(Encoding.UTF8.GetString(bytes), StringComparison.Ordinal)) throw NoTrials();
            var lines = Encoding.UTF8.GetString(bytes, 0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (lines.Length > 0 && JsonSerializer.Deserialize<Heading>(lines[0], s_json)?.Search != fingerprint)
                throw new UsageException($"The file '{path}' keeps the trials of a search on other data or with other settings; name another file.");
            TrialRecord[] trials = [.. lines.Skip(1).Select(line => JsonSerializer.Deserialize<TrialRecord>(line, s_json)!)];
            // Only now is it known to be ours to write to.
            if (end < bytes.Length) Cut(end);
            if (lines.Length == 0) Append(heading);
            return trials;
        }
        catch (JsonException)
        {
            throw NoTrials();
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

    private UsageException NoTrials() => new($"The file '{path}' does not keep trials of a search.");

    private void Cut(int length)
    {
        using var file = File.OpenWrite(path!);
        file.SetLength(length);
    }

    private void Append(string line)
    {
        using var file = new FileStream(path!, FileMode.Append, FileAccess.Write, FileShare.Read);
        file.Write(Encoding.UTF8.GetBytes(line + "\n"));
        file.Flush(flushToDisk: true);
    }

    private sealed record Heading(string Search);
}
