namespace Grpc.Core;

/// <summary>What a write may do.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>Send the message at once; it can be buffered when this is set.</summary>
    BufferHint = 0x1,

    /// <summary>Send the message uncompressed whatever the call's encoding.</summary>
    NoCompress = 0x2,
}

/// <summary>Options of a write.</summary>
public class WriteOptions
{
    /// <summary>No flags.</summary>
    public static readonly WriteOptions Default = new();

    /// <summary>Options with <paramref name="flags"/>.</summary>
    public WriteOptions(WriteFlags flags = default) => Flags = flags;

    /// <summary>The flags.</summary>
    public WriteFlags Flags { get; }
}
