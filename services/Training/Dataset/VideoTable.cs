using System.Text.Json;
using Recommender.Contracts.Json;

namespace Recommender.Training.Dataset;

/// <summary>What the catalog says of each video: how long it is and whether it was deleted. The newest row of a video wins.</summary>
internal sealed class VideoTable
{
    private const float Deleted = -1;
    private readonly Dictionary<string, float> _durations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, float>.AlternateLookup<ReadOnlySpan<char>> _byId;

    public VideoTable() => _byId = _durations.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Videos whose newest row deletes them.</summary>
    public int DeletedCount => _durations.Values.Count(d => d == Deleted);

    /// <summary>Takes a row of the catalog, oldest first; false when it is none.</summary>
    public bool TryAdd(ReadOnlySpan<byte> row)
    {
        try
        {
            var video = VideoJson.Parse(row);
            _durations[video.VideoId] = IsDeletion(row) ? Deleted : (float)Math.Max(0, video.Duration?.ToTimeSpan().TotalSeconds ?? 0);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Whether the video was deleted.</summary>
    public bool IsDeleted(ReadOnlySpan<char> videoId) => _byId.TryGetValue(videoId, out var duration) && duration == Deleted;

    /// <summary>Seconds that the video lasts; 0 when nobody said.</summary>
    public float DurationOf(string videoId) => Math.Max(0, _durations.GetValueOrDefault(videoId));

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
