using StackExchange.Redis;

namespace Recommender.Hosting.Redis;

/// <summary>Keys and arguments of one run of a script. All keys must lie in one cluster slot.</summary>
/// <param name="Keys">What the script sees as <c>KEYS</c>.</param>
/// <param name="Arguments">What it sees as <c>ARGV</c>.</param>
public readonly record struct RedisCall(RedisKey[] Keys, RedisValue[] Arguments);
