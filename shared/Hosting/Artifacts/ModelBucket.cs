using System.Text.Json;
using Recommender.Hosting.Objects;

namespace Recommender.Hosting.Artifacts;

/// <summary>
/// Model versions in a bucket, and the folder in which this process has those that it uses: <c>{version}/{file}</c> in both. A version is there when its
/// manifest is, which is stored last and deleted first. Neither ever changes, so what is in the folder and has the right checksum need not be fetched again.
/// </summary>
/// <param name="bucket">The bucket.</param>
/// <param name="root">The folder.</param>
/// <param name="kept">Versions to keep in the folder besides the live one.</param>
/// <param name="patience">How long a finished model waits for a store that is away.</param>
/// <param name="time">The clock.</param>
internal sealed class ModelBucket(IObjectStore bucket, string root, int kept, TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_saving = TimeSpan.FromHours(1);

    /// <summary>Versions that are there, in no order.</summary>
    public IEnumerable<string> Versions() =>
        bucket.List().Select(o => o.Name.Split('/')).Where(parts => parts is [_, ModelStore.ManifestName]).Select(parts => parts[0]);

    /// <summary>Stores a version, its manifest last.</summary>
    /// <param name="version">The version.</param>
    /// <param name="folder">The folder with its files.</param>
    /// <exception cref="ObjectStoreException">The store was away for longer than is waited.</exception>
    public void Publish(string version, string folder)
    {
        var begin = time.GetTimestamp();
        foreach (var file in Directory.EnumerateFiles(folder).OrderBy(f => Path.GetFileName(f) == ModelStore.ManifestName))
        {
            while (true)
            {
                try
                {
                    bucket.Add($"{version}/{Path.GetFileName(file)}", file);
                    break;
                }
                catch (ObjectStoreException e) when (!e.IsRefusal && time.GetElapsedTime(begin) < patience)
                {
                    Thread.Sleep(s_retry); // hours of training are worth a wait
                }
            }
        }
    }

    /// <summary>Gets a file of a version into the folder, in the place of one that is there.</summary>
    /// <returns>Whether the bucket has it.</returns>
    /// <exception cref="InvalidDataException">It is not what was stored.</exception>
    /// <exception cref="ObjectStoreException">The store does not answer.</exception>
    public bool Fetch(string version, string file)
    {
        try
        {
            using var copy = bucket.Borrow($"{version}/{file}");
            copy.CopyTo(Path.Combine(root, version, file));
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Deletes a version. It vanishes at once, even if the process ends in between.</summary>
    public void Delete(string version)
    {
        bucket.Delete($"{version}/{ModelStore.ManifestName}");
        foreach (var file in bucket.List(version + "/")) bucket.Delete(file.Name);
    }

    /// <summary>Deletes what is left of versions that were not stored or deleted to the end. For the one process that writes models.</summary>
    public void DeleteLeftovers()
    {
        var versions = bucket.List().Select(o => (Object: o, Parts: o.Name.Split('/'))).Where(o => o.Parts.Length == 2 && o.Parts[0] != ModelStore.RunsName).GroupBy(o => o.Parts[0]);
        foreach (var version in versions.Where(v => v.All(o => o.Parts[1] != ModelStore.ManifestName) && v.All(o => time.GetUtcNow() - o.Object.WrittenAt > s_saving)))
            foreach (var (file, _) in version) bucket.Delete(file.Name);
    }

    /// <summary>Notes that a version is in use, and deletes those from the folder that were not for longest. Files that are mapped into memory stay there.</summary>
    public void Used(string version, string live)
    {
        File.SetLastWriteTimeUtc(Path.Combine(root, version, ModelStore.ManifestName), time.GetUtcNow().UtcDateTime);
        var others = new DirectoryInfo(root).EnumerateDirectories().Where(d => d.Name != version && d.Name != live)
            .Select(d => new FileInfo(Path.Combine(d.FullName, ModelStore.ManifestName))).Where(f => f.Exists).OrderByDescending(f => f.LastWriteTimeUtc);
        foreach (var manifest in others.Skip(kept).ToArray()) Directory.Delete(manifest.DirectoryName!, recursive: true);
    }

    /// <summary>What was live when the store last answered, from the folder; null when that is not known.</summary>
    public LiveModel? LastKnownLive()
    {
        try
        {
            var path = Path.Combine(root, ModelStore.LiveName);
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ArtifactJson.Default.LiveModel) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps what is live in the folder, for times when the store is away.</summary>
    public void Remember(LiveModel live)
    {
        if (LastKnownLive() is { } known && known.Version == live.Version && known.History.Count == live.History.Count) return;
        AtomicFile.WriteAllBytes(Path.Combine(root, ModelStore.LiveName), ArtifactJson.BytesOf(live));
    }
}
