using System.Text.Json;
using Recommender.Hosting.Objects;

namespace Recommender.Hosting.Archive.Keeping;

/// <summary>The manifests of an archive as whoever keeps it in order knows them: as they were listed, and as it wrote them since.</summary>
internal sealed class DayManifests
{
    private readonly IObjectStore _store;
    private readonly Dictionary<string, StoredObject> _listed;
    private readonly Dictionary<string, DayManifest?> _known = new(StringComparer.Ordinal);

    public DayManifests(ArchiveCatalog archive)
    {
        _store = archive.Store;
        _listed = _store.PathOf("") is not null ? [] : archive.Listed.Where(o => IsManifest(o.Name)).ToDictionary(o => o.Name, StringComparer.Ordinal);
    }

    /// <summary>The manifest of a day; null when there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public DayManifest? Read(string type, DateOnly day)
    {
        var name = NameOf(type, day);
        if (_known.TryGetValue(name, out var known)) return known;
        var content = _store.PathOf("") is not null ? _store.Read(name) : _listed.TryGetValue(name, out var listed) ? _store.Read(listed) : null;
        return _known[name] = content is null ? null : DayManifest.Parse($"{_store.Address}/{name}", content);
    }

    /// <summary>Writes the manifest of its day.</summary>
    public void Write(DayManifest manifest)
    {
        var name = NameOf(manifest.Type, manifest.Day);
        _store.Put(name, JsonSerializer.SerializeToUtf8Bytes(manifest, KeepingJson.Default.DayManifest));
        _known[name] = manifest;
    }

    /// <summary>Whether an object is a manifest, by its name.</summary>
    public static bool IsManifest(string name) =>
        name.Split('/') is [var type, var day, DayManifest.FileName] && type.StartsWith("type=", StringComparison.Ordinal) && day.StartsWith("day=", StringComparison.Ordinal);

    private static string NameOf(string type, DateOnly day) => $"{DayManifest.FolderOf(type, day)}/{DayManifest.FileName}";
}
