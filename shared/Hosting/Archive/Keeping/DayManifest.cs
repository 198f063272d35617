using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recommender.Hosting.Archive.Keeping;

/// <summary>What the archive holds of one type and day: <c>manifest.json</c> in the day's folder. It describes and proves; what counts is said by names.</summary>
public sealed record DayManifest
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "manifest.json";

    /// <summary>Record type.</summary>
    public required string Type { get; init; }

    /// <summary>Day of the events, UTC.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Whether the day is over. Late events may still join it, in files of their own.</summary>
    public required bool Closed { get; init; }

    /// <summary>Rows of all files that count.</summary>
    public required long Rows { get; init; }

    /// <summary>The files that count, by name.</summary>
    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>Files that do not count any more and wait to be deleted.</summary>
    public required IReadOnlyList<ManifestFile> Superseded { get; init; }

    /// <summary>The folder of a type and day, relative to the archive's root.</summary>
    public static string FolderOf(string type, DateOnly day) =>
        Path.Combine($"type={type}", string.Create(CultureInfo.InvariantCulture, $"day={day:yyyy-MM-dd}"));

    /// <summary>Reads the manifest of a folder; null when there is none.</summary>
    /// <param name="folder">The whole path.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static DayManifest? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path) ? Parse(path, File.ReadAllBytes(path)) : null;
    }

    /// <summary>Reads a manifest from its bytes.</summary>
    /// <param name="name">What it is called, for errors.</param>
    /// <param name="content">The bytes.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    internal static DayManifest? Parse(string name, byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, KeepingJson.Default.DayManifest);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{name} is damaged: {e.Message}", e);
        }
    }
}

/// <summary>One file of a day.</summary>
/// <param name="Name">File name inside the day's folder.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">Checksum, lower-case hexadecimal.</param>
/// <param name="Wishes">How many wishes to be forgotten were archived when the file was last searched for their viewers' rows.</param>
public sealed record ManifestFile(string Name, long Rows, long Bytes, string Sha256, long Wishes)
{
    /// <summary>Of a file that compaction made: which offsets its rows are of, see <see cref="ManifestParts"/>. Null for others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Parts { get; init; }
}

/// <summary>JSON forms of what keeps the archive in order; snake_case, indented, since people read them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(DayManifest))]
[JsonSerializable(typeof(ErasureProgress))]
public sealed partial class KeepingJson : JsonSerializerContext;
