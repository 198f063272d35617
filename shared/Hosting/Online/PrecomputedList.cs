namespace Recommender.Hosting.Online;

/// <summary>The list that the last training made for one viewer.</summary>
/// <param name="ModelVersion">The model that made it.</param>
/// <param name="ComputedAtMs">When, Unix milliseconds: events after it are not in it.</param>
/// <param name="Videos">Videos with scores, best first; at most 1,000.</param>
public sealed record PrecomputedList(string ModelVersion, long ComputedAtMs, IReadOnlyList<(string VideoId, float Score)> Videos)
{
    private const byte Layout = 1;

    /// <summary>The stored form.</summary>
    public byte[] Encode()
    {
        var writer = new ByteWriter();
        writer.Byte(Layout);
        writer.Text(ModelVersion);
        writer.VarInt(ComputedAtMs);
        writer.VarInt(Videos.Count);
        foreach (var (videoId, score) in Videos)
        {
            writer.Text(videoId);
            writer.Single(score);
        }
        return writer.ToArray();
    }

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="InvalidDataException">The value is damaged or of another layout.</exception>
    public static PrecomputedList Decode(ReadOnlySpan<byte> bytes) => Decode(bytes, null, []);

    /// <summary>Reads the stored form into memory that is used again.</summary>
    /// <param name="bytes">The stored form.</param>
    /// <param name="known">Ids that need not be allocated.</param>
    /// <param name="videos">Is cleared, receives the videos, and is <see cref="Videos"/> of the result.</param>
    /// <exception cref="InvalidDataException">The value is damaged or of another layout.</exception>
    public static PrecomputedList Decode(ReadOnlySpan<byte> bytes, IKnownTexts? known, List<(string VideoId, float Score)> videos)
    {
        ArgumentNullException.ThrowIfNull(videos);
        var reader = new ByteReader(bytes);
        var layout = reader.Byte();
        if (layout != Layout) throw new InvalidDataException($"a precomputed list has layout {layout}; this version reads {Layout}");
        var version = reader.Text(known);
        var computedAt = reader.VarInt();
        var count = reader.Count();
        videos.Clear();
        videos.EnsureCapacity(count);
        for (var i = 0; i < count; i++) videos.Add((reader.Text(known), reader.Single()));
        return new PrecomputedList(version, computedAt, videos);
    }
}
