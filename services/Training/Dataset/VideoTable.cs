using System.Text.Json;
using Recommender.Contracts.Json;
using Recommender.Hosting.Archive;

namespace Recommender.Training.Dataset;

/// <summary>What the catalog says of each video: how long it is and whether it was deleted. The newest row of a video wins.</summary>
internal sealed class VideoTable
{
    private const float Deleted = -1;
    private readonly Dictionary<string, (float Duration, CatalogRowAge Age)> _videos = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (float Duration, CatalogRowAge Age)>.AlternateLookup<ReadOnlySpan<char>> _byId;

    public VideoTable() => _byId = _videos.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether no video was named.</summary>
    public bool IsEmpty => _videos.Count == 0;

    /// <summary>Videos whose newest row deletes them.</summary>
    public int DeletedCount => _videos.Values.Count(v => v.Duration == Deleted);

    /// <summary>Takes a row of the catalog, in the order of <see cref="ArchiveCatalog.FilesByLog"/>; false when it is none.</summary>
    public bool TryAdd(ReadOnlySpan<byte> row, CatalogRowAge age)
    {
        try
        {
            var video = VideoJson.Parse(row);
            if (!_videos.TryGetValue(video.VideoId, out var known) || known.Age.GivesWayTo(age))
                _videos[video.VideoId] = (IsDeletion(row) ? Deleted : (float)Math.Max(0, video.Duration?.ToTimeSpan().TotalSeconds ?? 0), age);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Whether the video was deleted.</summary>
    public bool IsDeleted(ReadOnlySpan<char> videoId) => _byId.TryGetValue(videoId, out var video) && video.Duration == Deleted;

    /// <summary>Seconds that the video lasts; 0 when nobody said.</summary>
    public float DurationOf(string videoId) => Math.Max(0, _videos.GetValueOrDefault(videoId).Duration);

    private static bool IsDeletion(ReadOnlySpan<byte> row)
    {
        var reader = new Utf8JsonReader(row);
        while (reader.Read())
        {
            if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("deleted"u8)) continue;
            return reader.Read() && reader.TokenType == JsonTokenType.True;
        }
        return false;
    }
}
