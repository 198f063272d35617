using System.Text.Json;
using Recommender.Hosting.Objects;

namespace Recommender.Hosting.Archive.Keeping;

/// <summary>
/// How far wishes to be forgotten are carried out in the archive: <c>erasures.json</c> at its root. A round of wishes ends once the archive has
/// everything that was in the log when the round began, so that nothing of theirs is still on its way, and all files were searched after that.
/// </summary>
public sealed record ErasureProgress
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "erasures.json";

    /// <summary>Wishes carried out, by <c>log/partition</c>: as many of the first rows.</summary>
    public required IReadOnlyDictionary<string, long> Done { get; init; }

    /// <summary>The round that is under way; null when there is none.</summary>
    public ErasureRound? Round { get; init; }

    /// <summary>Reads it; where there is none, nothing was carried out.</summary>
    /// <param name="archive">Where the archive is.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static ErasureProgress Read(IObjectStore archive)
    {
        ArgumentNullException.ThrowIfNull(archive);
        if (archive.Read(FileName) is not { } content) return new ErasureProgress { Done = new Dictionary<string, long>() };
        var name = $"{archive.Address}/{FileName}";
        try
        {
            return JsonSerializer.Deserialize(content, KeepingJson.Default.ErasureProgress) ?? throw new InvalidDataException($"{name} is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{name} is damaged: {e.Message}", e);
        }
    }

    /// <summary>Writes it.</summary>
    /// <param name="archive">Where the archive is.</param>
    public void Write(IObjectStore archive) => archive.Put(FileName, JsonSerializer.SerializeToUtf8Bytes(this, KeepingJson.Default.ErasureProgress));
}

/// <summary>Wishes that are carried out together.</summary>
/// <param name="Until">By <c>log/partition</c>: the number of wishes that are done when the round is.</param>
/// <param name="Ends">By <c>log/type/partition</c>: the offset that the archive must have come to.</param>
public sealed record ErasureRound(IReadOnlyDictionary<string, long> Until, IReadOnlyDictionary<string, long> Ends)
{
    /// <summary>Whether the archive has everything that the round waits for. What belongs to a log that is no more is not waited for.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="logs">Short names of the logs that are written now.</param>
    public bool IsReached(ArchiveCatalog archive, IReadOnlySet<string> logs) => Ends.All(end =>
        end.Key.Split('/') is [var log, var type, var partition]
        && (!logs.Contains(log) || (archive.NextOffset(log, type, int.Parse(partition, System.Globalization.CultureInfo.InvariantCulture)) ?? 0) >= end.Value));
}
