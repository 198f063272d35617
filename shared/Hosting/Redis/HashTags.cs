using StackExchange.Redis;

namespace Recommender.Hosting.Redis;

/// <summary>The part of a key in braces, which decides where a cluster keeps it.</summary>
internal static class HashTags
{
    /// <summary>Whether all keys begin with the same tag, so that one command may name them all, in a cluster as well.</summary>
    public static bool AreOne(ReadOnlySpan<RedisKey> keys)
    {
        if (keys.Length < 2 || (string?)keys[0] is not ['{', ..] first) return false;
        var end = first.IndexOf('}', StringComparison.Ordinal);
        if (end < 2) return false;
        var tag = first.AsSpan(0, end + 1);
        foreach (var key in keys[1..])
            if (!((string?)key).AsSpan().StartsWith(tag, StringComparison.Ordinal)) return false;
        return true;
    }
}
