using System.Collections;
using System.Text;

namespace Recommender.Training.Dataset;

/// <summary>Ids by number, in UTF-8: an id becomes a string when it is asked for. Immutable; safe for concurrent readers.</summary>
/// <param name="texts">The ids; not changed any more.</param>
internal sealed class IdList(Utf8List texts) : IReadOnlyList<string>
{
    /// <inheritdoc/>
    public int Count => texts.Count;

    /// <inheritdoc/>
    public string this[int index] => Encoding.UTF8.GetString(texts[index]);

    /// <summary>The bytes of an id.</summary>
    public ReadOnlySpan<byte> Utf8(int index) => texts[index];

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
