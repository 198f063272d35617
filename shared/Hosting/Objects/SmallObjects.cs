namespace Recommender.Hosting.Objects;

/// <summary>Contents of small objects by their tags, so that what is looked at every few seconds is not fetched each time. Bounded; safe for concurrent use.</summary>
internal sealed class SmallObjects
{
    private const int LargestBytes = 4 << 20;
    private const long MostBytes = 64L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Tag, byte[] Content)> _known = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>The content of an object as it was listed; null when it is not here.</summary>
    public byte[]? Find(StoredObject listed)
    {
        lock (_lock) return listed.Tag.Length > 0 && _known.TryGetValue(listed.Name, out var known) && known.Tag == listed.Tag ? known.Content : null;
    }

    /// <summary>Keeps a content that was read after the object was listed. Should it be newer than that, the next listing has another tag.</summary>
    public void Keep(StoredObject listed, byte[] content)
    {
        if (listed.Tag.Length == 0 || content.Length > LargestBytes || content.Length != listed.Bytes) return;
        lock (_lock)
        {
            if (_bytes + content.Length > MostBytes)
            {
                _known.Clear();
                _bytes = 0;
            }
            if (_known.Remove(listed.Name, out var old)) _bytes -= old.Content.Length;
            _known[listed.Name] = (listed.Tag, content);
            _bytes += content.Length;
        }
    }
}
