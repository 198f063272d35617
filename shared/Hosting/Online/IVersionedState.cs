namespace Recommender.Hosting.Online;

/// <summary>A value of the online state that is written by compare-and-set on its version.</summary>
/// <typeparam name="TSelf">The value's type.</typeparam>
public interface IVersionedState<TSelf> where TSelf : class, IVersionedState<TSelf>
{
    /// <summary>Number of writes that made the value; 0 for one that is not stored.</summary>
    ulong Version { get; set; }

    /// <summary>About how many bytes of memory the decoded value takes, its texts included.</summary>
    int MemoryBytes { get; }

    /// <summary>The stored form.</summary>
    byte[] Encode();

    /// <summary>Reads the stored form; empty bytes are a value that is not stored.</summary>
    /// <exception cref="InvalidDataException">The value is damaged or of another layout.</exception>
    static abstract TSelf Decode(ReadOnlySpan<byte> bytes);
}
