using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Privacy;

/// <summary>
/// The name under which the system knows a viewer. Every door that takes a user id asks here before it reads or writes anything, so that behind the
/// doors nobody sees another. With a key that name is <c>p{key id}.{hash}</c>, where the hash is the first 128 bits of HMAC-SHA-256 over
/// the id's UTF-8 in base64url (RFC 2104 section 5 allows the cut; RFC 4648 section 5); without a key it is the id itself. Safe for use by many threads.
/// </summary>
public sealed class UserIds
{
    private const int HashBytes = 16;
    private readonly byte[]? _key;
    private readonly byte[]? _previous;
    private readonly string _prefix;
    private readonly string _previousPrefix;

    /// <summary>Reads the keys.</summary>
    public UserIds(PseudonymOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_key, _previous) = (options.ReadCurrent(), options.ReadPrevious());
        (_prefix, _previousPrefix) = ($"p{options.KeyId}.", $"p{options.PreviousKeyId}.");
    }

    /// <summary>Whether viewers have pseudonyms.</summary>
    public bool HasKey => _key is not null;

    /// <summary>The name of a viewer.</summary>
    /// <param name="userId">The id as the client knows it, 1 to 128 bytes of UTF-8.</param>
    public string NameOf(string userId) => _key is null ? userId : Hash(_key, _prefix, userId);

    /// <summary>
    /// Every name under which there may be data about a viewer: the current one first, then that of the previous key, or the id itself where data from
    /// before the first key may be left.
    /// </summary>
    /// <param name="userId">The id as the client knows it.</param>
    public IReadOnlyList<string> NamesOf(string userId)
    {
        if (_key is null) return [userId];
        return [NameOf(userId), _previous is null ? userId : Hash(_previous, _previousPrefix, userId)];
    }

    private static string Hash(byte[] key, string prefix, string userId)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(userId), hash);
        return prefix + Base64Url.EncodeToString(hash[..HashBytes]);
    }
}

/// <summary>Registers what this folder offers.</summary>
public static class PrivacyServices
{
    /// <summary>Adds <see cref="UserIds"/> from <see cref="PseudonymOptions"/>.</summary>
    public static void AddUserIds(this IHostApplicationBuilder builder)
    {
        builder.AddOptionsRecord<PseudonymOptions>();
        builder.Services.TryAddSingleton<UserIds>();
    }
}
