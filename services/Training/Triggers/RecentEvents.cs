using System.Text.Json;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Artifacts;
using Recommender.Training.Dataset;
using Recommender.Training.Publishing;
using Recommender.Training.Rebuilding;

namespace Recommender.Training.Triggers;

/// <summary>Reads what was archived after a model's data into a profile.</summary>
internal sealed class RecentEvents(StorageOptions storage, ModelStore models)
{
    private const long MostRows = 2_000_000;
    private static readonly string[] s_events = ["view", "like", "share", "feedback"];

    /// <summary>The profile of the events that the model has not seen, the newest ones if there are very many.</summary>
    /// <exception cref="InvalidDataException">A file of the archive or of the model is damaged.</exception>
    public async Task<InputProfile> ReadAsync(ModelManifest model, CancellationToken cancellationToken)
    {
        var (seen, profile) = (new ManifestRanges(model.DataRanges), InputProfile.Empty());
        var archive = ArchiveCatalog.Load(storage.ArchivePath);
        var recent = archive.Files(s_events).Where(f => !seen.Has(f)).OrderByDescending(f => f.Day).ThenByDescending(f => f.To).ToArray();
        if (recent.Length == 0) return profile;
        models.Verify(model);
        var groups = GroupsOf(model);
        var byId = groups.GetAlternateLookup<ReadOnlySpan<char>>();
        var videos = new VideoTable();
        foreach (var file in archive.FilesByLog("catalog"))
            await ArchiveRows.ReadAsync(archive.Root, file, row => videos.TryAdd(row, ArchivedCatalogRow.AgeOf(row, file)), cancellationToken);
        var reader = new EventRowReader();
        foreach (var file in recent)
        {
            if (profile.Count >= MostRows) break;
            await ArchiveRows.ReadAsync(archive.Root, file, Take, cancellationToken);
        }
        return profile;

        void Take(ReadOnlySpan<byte> row)
        {
            if (!reader.TryRead(row)) return;
            var group = byId.TryGetValue(reader.VideoId, out var known) ? known : -1;
            profile.Add(reader.Signal, reader.WatchSeconds, videos.DurationOf(reader.VideoId.ToString()), group);
        }
    }

    private Dictionary<string, int> GroupsOf(ModelManifest model)
    {
        var groups = InputProfile.GroupsOf(NpyFile.ReadAll(models.PathOf(model.Version, ModelFiles.Popularity)));
        var byId = new Dictionary<string, int>(groups.Length, StringComparer.Ordinal);
        var item = 0;
        foreach (var line in File.ReadLines(models.PathOf(model.Version, ModelFiles.ItemIds))) byId[JsonSerializer.Deserialize<string>(line)!] = groups[item++];
        return byId;
    }
}
