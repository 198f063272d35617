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
    public static PrecomputedList Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var (version, computedAt, count) = ReadHead(ref reader, null);
        var videos = new (string, float)[count];
        for (var i = 0; i < count; i++) videos[i] = (reader.Text(), reader.Single());
        return new PrecomputedList(version, computedAt, videos);
    }

    /// <summary>Reads what stands before the videos, and how many there are.</summary>
    internal static (string Version, long ComputedAtMs, int Count) ReadHead(ref ByteReader reader, IKnownTexts? known)
    {
        var layout = reader.Byte();
        if (layout != Layout) throw new InvalidDataException($"a precomputed list has layout {layout}; this version reads {Layout}");
        return (reader.Text(known), reader.VarInt(), reader.Count());
    }
}
