using System.Security.Cryptography;
using System.Text;

namespace Recommender.Hosting.Redis;

/// <summary>
/// A Lua script, sent by its hash and in full only where the server does not know it. All keys of a script must lie in one cluster slot
/// (one key, or one <c>{tag}</c>). Create it once and keep it.
/// </summary>
public sealed class RedisScript
{
    /// <summary>Prepares a script.</summary>
    /// <param name="name">A short name for error messages.</param>
    /// <param name="text">The Lua code.</param>
    public RedisScript(string name, string text)
    {
        Name = name;
        Text = text;
#pragma warning disable CA5350 // Redis names scripts by SHA-1; nothing rests on its strength.
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
    }

    /// <summary>A short name for error messages.</summary>
    public string Name { get; }

    /// <summary>The Lua code.</summary>
    public string Text { get; }

    /// <summary>Its SHA-1, 20 bytes.</summary>
    internal byte[] Hash { get; }
}
