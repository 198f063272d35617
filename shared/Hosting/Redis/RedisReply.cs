using StackExchange.Redis;

namespace Recommender.Hosting.Redis;

/// <summary>What a script returned. The conversions fail with <see cref="InvalidCastException"/> when the script returned something else.</summary>
public readonly struct RedisReply
{
    private readonly RedisResult? _result;

    internal RedisReply(RedisResult? result) => _result = result;

    /// <summary>Whether it returned nothing (Lua <c>nil</c> or <c>false</c>).</summary>
    public bool IsNull => _result is null || _result.IsNull;

    /// <summary>As an integer.</summary>
    public long AsInt64() => Require(IsNull ? null : (long?)_result);

    /// <summary>As bytes, or <see langword="null"/>.</summary>
    public byte[]? AsBytes() => IsNull ? null : (byte[]?)_result;

    /// <summary>As text, or <see langword="null"/>.</summary>
    public string? AsString() => IsNull ? null : (string?)_result;

    /// <summary>As a list; empty when it returned nothing.</summary>
    public RedisReply[] AsArray() => IsNull ? [] : Array.ConvertAll((RedisResult[]?)_result ?? [], r => new RedisReply(r));

    private static long Require(long? value) => value ?? throw new InvalidCastException("The script returned no integer.");
}
