using System.Text;

namespace Recommender.Features.Consuming;

/// <summary>
/// Texts that come again and again, so that each is in memory once however many states mention it: a table of fixed size, where a text takes the place
/// of another of the same hash. Not thread-safe.
/// </summary>
internal sealed class SharedTexts
{
    private const int Places = 1 << 15;

    private readonly string?[] _texts = new string[Places];

    /// <summary>The text.</summary>
    /// <param name="utf8">Valid UTF-8.</param>
    public string Of(ReadOnlySpan<byte> utf8)
    {
        var hash = new HashCode();
        hash.AddBytes(utf8);
        ref var place = ref _texts[hash.ToHashCode() & (Places - 1)];
        if (place is not null && Ascii.Equals(utf8, place)) return place;
        var text = Encoding.UTF8.GetString(utf8);
        // Another alphabet than ASCII cannot be compared as cheaply; such ids are rare.
        if (text.Length == utf8.Length) place = text;
        return text;
    }
}
