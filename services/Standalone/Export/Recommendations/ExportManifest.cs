using System.Text.Json;
using System.Text.Json.Serialization;
using Recommender.Hosting.Artifacts;

namespace Recommender.Standalone.Export.Recommendations;

/// <summary>What an export consists of. It is written last, so a folder that has it is whole.</summary>
/// <param name="Format"><c>jsonl</c> or <c>csv</c>.</param>
/// <param name="Count">Videos asked for each viewer.</param>
/// <param name="Viewers">Viewers in all files.</param>
/// <param name="DegradedViewers">Those of them whose answer is less than a healthy system gives, after some tries.</param>
/// <param name="Videos">Videos in all files.</param>
/// <param name="ModelVersions">Viewers by the model version that answered.</param>
/// <param name="StartedAt">When the export began, UTC.</param>
/// <param name="FinishedAt">When it was whole, UTC.</param>
/// <param name="Files">The files.</param>
internal sealed record ExportManifest(
    string Format, int Count, long Viewers, long DegradedViewers, long Videos, IReadOnlyDictionary<string, long> ModelVersions, DateTimeOffset StartedAt, DateTimeOffset FinishedAt,
    IReadOnlyList<ExportedFile> Files)
{
    /// <summary>Its file.</summary>
    public const string FileName = "manifest.json";

    private static readonly ExportJson s_json = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true });

    /// <summary>Writes it.</summary>
    public void Write(string folder) => AtomicFile.WriteAllBytes(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, s_json.ExportManifest));
}

/// <summary>One file of an export.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Viewers">Viewers in it.</param>
/// <param name="DegradedViewers">Those of them whose answer is less than a healthy system gives, after some tries.</param>
/// <param name="Videos">Videos in it.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its checksum, hexadecimal.</param>
/// <param name="ModelVersions">Viewers by the model version that answered.</param>
internal sealed record ExportedFile(
    string Name, long Viewers, long DegradedViewers, long Videos, long Bytes, string Sha256, IReadOnlyDictionary<string, long> ModelVersions);

/// <summary>What an export has got to.</summary>
/// <param name="Settings">What it was asked for; only the same can go on.</param>
/// <param name="StartedAt">When it began, UTC.</param>
/// <param name="IsListed">Whether all viewers are in the lists.</param>
/// <param name="Files">Files that are whole, by shard.</param>
internal sealed record ExportProgress(string Settings, DateTimeOffset StartedAt, bool IsListed, IReadOnlyDictionary<int, ExportedFile> Files)
{
    /// <summary>Its file.</summary>
    public const string FileName = "progress.json";

    private static readonly ExportJson s_json = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower });

    /// <summary>Reads it; null where there is none, or none that can be read: the export then begins anew.</summary>
    public static ExportProgress? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), s_json.ExportProgress);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it.</summary>
    public void Write(string folder) => AtomicFile.WriteAllBytes(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, s_json.ExportProgress));
}

[JsonSerializable(typeof(ExportManifest))]
[JsonSerializable(typeof(ExportProgress))]
internal sealed partial class ExportJson : JsonSerializerContext;
