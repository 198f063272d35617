namespace Recommender.Hosting.Artifacts;

/// <summary>
/// What a gzip file of nothing is (RFC 1952): a member with its end. <see cref="System.IO.Compression.GZipStream"/> leaves no byte of nothing, or a start
/// without an end where it was flushed, and gzip and others refuse both as cut short.
/// </summary>
public static class EmptyGzip
{
    /// <summary>The member.</summary>
    public static ReadOnlySpan<byte> Member => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
}
