using System.Runtime.InteropServices;
using System.Text;

namespace Recommender.Hosting.Online;

/// <summary>
/// A viewer's list in its stored form: only where somebody asks for an id is it made a text, since most of a list is never shown. The memory is
/// used again for the next viewer's. Not thread-safe.
/// </summary>
public sealed class StoredList
{
    private readonly List<Entry> _entries = [];
    private ReadOnlyMemory<byte> _bytes;
    private char[] _characters = new char[128];

    /// <summary>The model that made it.</summary>
    public string ModelVersion { get; private set; } = "";

    /// <summary>When, Unix milliseconds: events after it are not in it.</summary>
    public long ComputedAtMs { get; private set; }

    /// <summary>Number of videos.</summary>
    public int Count => _entries.Count;

    /// <summary>Takes a list in, in place of the one before.</summary>
    /// <param name="bytes">What <see cref="PrecomputedList.Encode"/> made; kept until the next call.</param>
    /// <param name="known">Texts that need not be allocated.</param>
    /// <exception cref="InvalidDataException">The value is damaged or of another layout.</exception>
    public void Read(ReadOnlyMemory<byte> bytes, IKnownTexts? known = null)
    {
        _entries.Clear();
        _bytes = bytes;
        var reader = new ByteReader(bytes.Span);
        var (version, computedAt, count) = PrecomputedList.ReadHead(ref reader, known);
        _entries.EnsureCapacity(count);
        for (var i = 0; i < count; i++)
        {
            var length = reader.Count();
            var begin = bytes.Length - reader.Left;
            reader.Skip(length);
            _entries.Add(new Entry(begin, length, reader.Single()));
        }
        (ModelVersion, ComputedAtMs) = (version, computedAt);
    }

    /// <summary>Score of the video at a place, best first.</summary>
    public float ScoreOf(int place) => _entries[place].Score;

    /// <summary>Id of the video at a place, in memory that the next call uses again.</summary>
    public ReadOnlySpan<char> CharactersOf(int place)
    {
        ref readonly var entry = ref CollectionsMarshal.AsSpan(_entries)[place];
        if (_characters.Length < entry.Length) _characters = new char[entry.Length];
        var written = Encoding.UTF8.GetChars(_bytes.Span.Slice(entry.Begin, entry.Length), _characters);
        return _characters.AsSpan(0, written);
    }

    /// <summary>Id of the video at a place.</summary>
    public string IdOf(int place) => CharactersOf(place).ToString();

    private readonly record struct Entry(int Begin, int Length, float Score);
}
