using System.Security.Cryptography;
using System.Text.Json;
using Recommender.Hosting.Objects;

namespace Recommender.Hosting.Artifacts;

/// <summary>
/// The model registry's files: one folder per version with a manifest and checksummed files, written beside and renamed so that a
/// half-written model is never visible, and <c>live.json</c>, which says what is live. Training writes, Serving reads. With a bucket all of it is there,
/// and the folder has what this process uses.
/// </summary>
public sealed class ModelStore
{
    /// <summary>Name of the file that says what a version is.</summary>
    public const string ManifestName = "manifest.json";

    /// <summary>Name of the folder in which training keeps its runs.</summary>
    public const string RunsName = "runs";

    /// <summary>Name of the record of what is live.</summary>
    internal const string LiveName = "live.json";

    private readonly string _root;
    private readonly LiveRecord _live;
    private readonly ModelBucket? _bucket;

    /// <summary>Models in the folder that the options name.</summary>
    public ModelStore(StorageOptions options) : this(options, null, null, null) { }

    /// <summary>Models in a bucket where there is one, otherwise in the folder that the options name.</summary>
    public ModelStore(StorageOptions options, ObjectStores? stores, ObjectStoreOptions? objects, TimeProvider? time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _root = Path.GetFullPath(options.ModelsPath);
        Objects = (IObjectStore?)stores?.ModelsBucket ?? new FolderStore(_root);
        _live = new LiveRecord(Objects);
        if (Objects is S3Store bucket) _bucket = new ModelBucket(bucket, _root, objects!.CachedModels, objects.PublishPatience, time!);
    }

    /// <summary>What the process shares with the others: the record of what is live, the versions and the runs.</summary>
    public IObjectStore Objects { get; }

    /// <summary>Whether models are in a bucket.</summary>
    public bool IsRemote => _bucket is not null;

    /// <summary>Folder of this process for what training writes besides models.</summary>
    public string RunsPath => Path.Combine(_root, RunsName);

    /// <summary>Folder of a version.</summary>
    public string FolderOf(string version) => VersionPath(version);

    /// <summary>Path of a file of a version.</summary>
    /// <remarks>With a bucket the file is fetched if it is not in the folder yet.</remarks>
    /// <exception cref="ObjectStoreException">The store does not answer.</exception>
    public string PathOf(string version, string file)
    {
        var path = Path.Combine(VersionPath(version), file);
        if (_bucket is not null && !File.Exists(path)) _bucket.Fetch(version, file);
        return path;
    }

    /// <summary>Writes a version: <paramref name="writers"/> make its files, then the manifest is completed with their checksums and all appear at once.</summary>
    /// <returns>The completed manifest.</returns>
    public ModelManifest Save(ModelManifest manifest, IReadOnlyDictionary<string, Action<Stream>> writers)
    {
        var target = VersionPath(manifest.Version);
        var temporary = target + AtomicFile.TemporarySuffix;
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        Directory.CreateDirectory(temporary);
        try
        {
            foreach (var (name, write) in writers) AtomicFile.Write(Path.Combine(temporary, name), write);
            var files = writers.Keys.Order(StringComparer.Ordinal).Select(name => Describe(Path.Combine(temporary, name))).ToArray();
            var completed = manifest with { Files = files };
            AtomicFile.WriteAllBytes(Path.Combine(temporary, ManifestName), JsonSerializer.SerializeToUtf8Bytes(completed, ArtifactJson.Default.ModelManifest));
            _bucket?.Publish(manifest.Version, temporary);
            Directory.Move(temporary, target);
            return completed;
        }
        catch
        {
            // On a full disk half a model would take the room that events and the next model need.
            Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    /// <summary>The manifest of a version; null when there is no such version.</summary>
    /// <exception cref="InvalidDataException">The manifest is damaged.</exception>
    public ModelManifest? Find(string version)
    {
        // Versions come from callers too: nothing but a plain name may reach the file system.
        if (version.Length == 0 || version != Path.GetFileName(version) || version.StartsWith('.')) return null;
        var path = PathOf(version, ManifestName);
        if (!File.Exists(path)) return null;
        try
        {
            return ArtifactJson.Parse(path, File.ReadAllBytes(path), ArtifactJson.Default.ModelManifest);
        }
        catch (InvalidDataException) when (_bucket is not null && _bucket.Fetch(version, ManifestName))
        {
            return ArtifactJson.Parse(path, File.ReadAllBytes(path), ArtifactJson.Default.ModelManifest);
        }
    }

    /// <summary>Every version with a readable manifest, newest first.</summary>
    public IReadOnlyList<ModelManifest> List()
    {
        var manifests = Versions().Select(FindReadable).OfType<ModelManifest>();
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
            if (Describe(path) == expected) continue;
            // A copy that was damaged here is fetched again; what is damaged there stays so.
            if (_bucket is null || !_bucket.Fetch(manifest.Version, expected.Name) || Describe(path) != expected)
                throw new InvalidDataException($"model {manifest.Version}: the checksum of {expected.Name} does not match its manifest");
        }
        _bucket?.Used(manifest.Version, _bucket.LastKnownLive()?.Version ?? "");
    }

    /// <summary>Checksum of the manifest file itself: the identity of the version.</summary>
    public string ManifestSha256(string version) => Sha256(version, ManifestName);

    /// <summary>Checksum of a version's file as it is on disk.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    public string Sha256(string version, string file) => Describe(PathOf(version, file)).Sha256;

    /// <summary>
    /// What is live now, with the history; from the copy of it where the record itself is damaged or gone. While a bucket is away, what was live when it
    /// last answered.
    /// </summary>
    /// <exception cref="InvalidDataException">Both are damaged; the message names the record.</exception>
    /// <exception cref="ObjectStoreException">The bucket is away, and nothing is known of what was live.</exception>
    public LiveModel ReadLive()
    {
        if (_bucket is null) return _live.Read();
        LiveModel live;
        try
        {
            live = _live.Read();
        }
        catch (ObjectStoreException) when (_bucket.LastKnownLive() is { } known)
        {
            return known;
        }
        _bucket.Remember(live);
        return live;
    }

    /// <summary>Records that a version became live.</summary>
    public LiveModel WriteLive(LiveChange change) => _live.Write(change);

    /// <summary>Whether the record of what is live and its copy say the same.</summary>
    public bool IsLiveSound => _live.IsSound;

    /// <inheritdoc cref="LiveRecord.Repair"/>
    public string? RepairLive() => _live.Repair();

    /// <summary>Deletes a version. It vanishes at once, even if the process ends in between.</summary>
    public void Delete(string version)
    {
        _bucket?.Delete(version);
        if (_bucket is not null && !Directory.Exists(VersionPath(version))) return;
        var doomed = VersionPath(version) + AtomicFile.TemporarySuffix;
        Directory.Move(VersionPath(version), doomed);
        Directory.Delete(doomed, recursive: true);
    }

    /// <summary>Removes what a process left that ended in the middle of saving or deleting. For the one process that writes models.</summary>
    public void DeleteLeftovers()
    {
        _bucket?.DeleteLeftovers();
        if (!Directory.Exists(_root)) return;
        foreach (var leftover in Directory.EnumerateDirectories(_root, "*" + AtomicFile.TemporarySuffix).ToArray()) Directory.Delete(leftover, recursive: true);
    }

    private IEnumerable<string> Versions()
    {
        if (_bucket is not null) return _bucket.Versions();
        if (!Directory.Exists(_root)) return [];
        return Directory.EnumerateDirectories(_root).Select(Path.GetFileName).OfType<string>().Where(name => !name.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal));
    }

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

    private static ModelFile Describe(string path)
    {
        using var stream = File.OpenRead(path);
        return new ModelFile(Path.GetFileName(path), stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}
