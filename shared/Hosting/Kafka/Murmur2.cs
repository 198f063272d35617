using System.Buffers.Binary;

namespace Recommender.Hosting.Kafka;

/// <summary>
/// The partition of a key as the Java clients choose it: the 32-bit murmur2 hash with Kafka's seed, without its sign bit, modulo the
/// number of partitions. Algorithm: Austin Appleby, MurmurHash2 (public domain).
/// </summary>
public static class Murmur2
{
    private const uint Seed = 0x9747b28c;
    private const uint Multiplier = 0x5bd1e995;

    /// <summary>The partition of a key.</summary>
    /// <param name="key">The key's bytes.</param>
    /// <param name="partitions">How many partitions there are, at least 1.</param>
    /// <returns>A number from 0 to <paramref name="partitions"/> - 1.</returns>
    public static int PartitionOf(ReadOnlySpan<byte> key, int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        return (int)((Hash(key) & 0x7fffffff) % (uint)partitions);
    }

    /// <summary>The hash of a key.</summary>
    /// <param name="key">The key's bytes.</param>
    public static uint Hash(ReadOnlySpan<byte> key)
    {
        var hash = Seed ^ (uint)key.Length;
        while (key.Length >= 4)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(key) * Multiplier;
            word = (word ^ (word >> 24)) * Multiplier;
            hash = (hash * Multiplier) ^ word;
            key = key[4..];
        }

        for (var i = key.Length - 1; i >= 0; i--)
            hash ^= (uint)key[i] << (8 * i);

        if (key.Length > 0)
            hash *= Multiplier;

        hash = (hash ^ (hash >> 13)) * Multiplier;
        return hash ^ (hash >> 15);
    }
}
