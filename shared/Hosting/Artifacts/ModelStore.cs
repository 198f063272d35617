using System.Security.Cryptography;
using System.Text.Json;

namespace Recommender.Hosting.Artifacts;

/// <summary>
/// The model registry's files: one folder per version with a manifest and checksummed files, written beside and renamed so that a
/// half-written model is never visible, and <c>live.json</c>, which says what is live. Training writes, Serving reads.
/// </summary>
public sealed class ModelStore(StorageOptions options)
{
    /// <summary>Name of the file that says what a version is.</summary>
    public const string ManifestName = "manifest.json";

    private readonly string _root = Path.GetFullPath(options.ModelsPath);

    private string LivePath => Path.Combine(_root, "live.json");

    private string LiveCopyPath => Path.Combine(_root, "live.copy.json");

    /// <summary>Folder in which training keeps its runs.</summary>
    public string RunsPath => Path.Combine(_root, "runs");

    /// <summary>Folder of a version.</summary>
    public string FolderOf(string version) => VersionPath(version);

    /// <summary>Path of a file of a version.</summary>
    public string PathOf(string version, string file) => Path.Combine(VersionPath(version), file);

    /// <summary>Writes a version: <paramref name="writers"/> make its files, then the manifest is completed with their checksums and all appear at once.</summary>
    /// <returns>The completed manifest.</returns>
    public ModelManifest Save(ModelManifest manifest, IReadOnlyDictionary<string, Action<Stream>> writers)
    {
        var target = VersionPath(manifest.Version);
        var temporary = target + AtomicFile.TemporarySuffix;
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        Directory.CreateDirectory(temporary);
        foreach (var (name, write) in writers) AtomicFile.Write(Path.Combine(temporary, name), write);
        var files = writers.Keys.Order(StringComparer.Ordinal).Select(name => Describe(Path.Combine(temporary, name))).ToArray();
        var completed = manifest with { Files = files };
        AtomicFile.WriteAllBytes(Path.Combine(temporary, ManifestName), JsonSerializer.SerializeToUtf8Bytes(completed, ArtifactJson.Default.ModelManifest));
        Directory.Move(temporary, target);
        return completed;
    }

    /// <summary>The manifest of a version; null when there is no such version.</summary>
    /// <exception cref="InvalidDataException">The manifest is damaged.</exception>
    public ModelManifest? Find(string version)
    {
        // Versions come from callers too: nothing but a plain name may reach the file system.
        if (version.Length == 0 || version != Path.GetFileName(version) || version.StartsWith('.')) return null;
        var path = Path.Combine(VersionPath(version), ManifestName);
        return File.Exists(path) ? Read(path, ArtifactJson.Default.ModelManifest) : null;
    }

    /// <summary>Every version with a readable manifest, newest first.</summary>
    public IReadOnlyList<ModelManifest> List()
    {
        if (!Directory.Exists(_root)) return [];
        var manifests = Directory.EnumerateDirectories(_root).Select(Path.GetFileName).OfType<string>()
            .Where(name => !name.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal)).Select(FindReadable).OfType<ModelManifest>();
        return [.. manifests.OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Version, StringComparer.Ordinal)];
    }

    /// <summary>Checks size and checksum of the files of a version.</summary>
    /// <param name="manifest">What they should be.</param>
    /// <param name="which">Which files; null: every one.</param>
    /// <exception cref="InvalidDataException">A file is missing or damaged; the message names it.</exception>
    public void Verify(ModelManifest manifest, Func<ModelFile, bool>? which = null)
    {
        foreach (var expected in manifest.Files.Where(f => which is null || which(f)))
        {
            var path = PathOf(manifest.Version, expected.Name);
            if (!File.Exists(path)) throw new InvalidDataException($"model {manifest.Version} lacks its file {expected.Name}");
            if (Describe(path) != expected) throw new InvalidDataException($"model {manifest.Version}: the checksum of {expected.Name} does not match its manifest");
        }
    }

    /// <summary>Checksum of the manifest file itself: the identity of the version.</summary>
    public string ManifestSha256(string version) => Sha256(version, ManifestName);

    /// <summary>Checksum of a version's file as it is on disk.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    public string Sha256(string version, string file) => Describe(PathOf(version, file)).Sha256;

    /// <summary>What is live now, with the history; from the copy of it where the record itself is damaged or gone.</summary>
    /// <exception cref="InvalidDataException">Both are damaged; the message names the record.</exception>
    public LiveModel ReadLive()
    {
        if (TryReadLive(out var live, out var problem)) return live;
        return FindCopy() ?? (problem is null ? live : throw problem);
    }

    /// <summary>Records that a version became live.</summary>
    public LiveModel WriteLive(LiveChange change)
    {
        var live = new LiveModel { Version = change.Version, History = [.. ReadLive().History, change] };
        Write(LivePath, live);
        Write(LiveCopyPath, live);
        return live;
    }

    /// <summary>Whether the record of what is live and its copy say the same.</summary>
    public bool IsLiveSound => (TryReadLive(out var live, out var problem) || problem is null) && (FindCopy()?.History.Count ?? 0) == live.History.Count;

    /// <summary>
    /// Makes a damaged or lost record of what is live again from its copy, and a damaged or lost copy from the record. For the process that
    /// holds the turn to change what is live.
    /// </summary>
    /// <returns>What was wrong with the record that was made again; null when nothing was.</returns>
    /// <exception cref="InvalidDataException">Both are damaged.</exception>
    public string? RepairLive()
    {
        if (TryReadLive(out var live, out var problem))
        {
            if (FindCopy()?.History.Count != live.History.Count) Write(LiveCopyPath, live);
            return null;
        }

        if (FindCopy() is { } copy)
        {
            Write(LivePath, copy);
            return problem?.Message ?? $"{LivePath} was gone";
        }

        return problem is null ? null : throw problem;
    }

    /// <summary>Deletes a version. It vanishes at once, even if the process ends in between.</summary>
    public void Delete(string version)
    {
        var doomed = VersionPath(version) + AtomicFile.TemporarySuffix;
        Directory.Move(VersionPath(version), doomed);
        Directory.Delete(doomed, recursive: true);
    }

    /// <summary>Removes what a process left that ended in the middle of saving or deleting. For the one process that writes models.</summary>
    public void DeleteLeftovers()
    {
        if (!Directory.Exists(_root)) return;
        foreach (var leftover in Directory.EnumerateDirectories(_root, "*" + AtomicFile.TemporarySuffix).ToArray()) Directory.Delete(leftover, recursive: true);
    }

    // False without a problem: there is no record.
    private bool TryReadLive(out LiveModel live, out InvalidDataException? problem)
    {
        (live, problem) = (new LiveModel { Version = "", History = [] }, null);
        try
        {
            if (!File.Exists(LivePath)) return false;
            live = Read(LivePath, ArtifactJson.Default.LiveModel);
            return true;
        }
        catch (InvalidDataException e)
        {
            problem = e;
            return false;
        }
    }

    private LiveModel? FindCopy()
    {
        try
        {
            return File.Exists(LiveCopyPath) ? Read(LiveCopyPath, ArtifactJson.Default.LiveModel) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static void Write(string path, LiveModel live) =>
        AtomicFile.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(live, ArtifactJson.Default.LiveModel));

    private ModelManifest? FindReadable(string version)
    {
        try
        {
            return Find(version);
        }
        catch (InvalidDataException)
        {
            // Whoever asks for the version by name is told; it must not hide the others.
            return null;
        }
    }

    private string VersionPath(string version) => Path.Combine(_root, version);

    private static T Read<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type) ?? throw new InvalidDataException($"{path} is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }
    }

    private static ModelFile Describe(string path)
    {
        using var stream = File.OpenRead(path);
        return new ModelFile(Path.GetFileName(path), stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}
