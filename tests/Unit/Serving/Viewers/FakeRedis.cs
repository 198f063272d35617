using System.Reflection;
using StackExchange.Redis;
using IRedis = Recommender.Hosting.Redis.IRedis;

namespace Recommender.Tests.Unit.Serving.Viewers;

/// <summary>A Redis of which only reading many keys works, as a test says.</summary>
public class FakeRedis : DispatchProxy
{
    private Func<IReadOnlyList<RedisKey>, CancellationToken, Task<byte[]?[]>> _getMany = static (_, _) => Task.FromResult<byte[]?[]>([null, null]);

    public bool IsConnected { get; set; } = true;

    public bool IsSharded { get; set; }

    /// <summary>What hashes hold, in the order of their keys.</summary>
    public Func<IReadOnlyList<RedisKey>, HashEntry[][]> Hashes { get; set; } = static keys => [.. keys.Select(_ => Array.Empty<HashEntry>())];

    public int Calls { get; private set; }

    public int HedgedCalls { get; private set; }

    public static (IRedis Redis, FakeRedis Control) Create(Func<IReadOnlyList<RedisKey>, CancellationToken, Task<byte[]?[]>> getMany)
    {
        var redis = Create<IRedis, FakeRedis>();
        var control = (FakeRedis)(object)redis;
        control._getMany = getMany;
        return (redis, control);
    }

    public void Answer(Func<IReadOnlyList<RedisKey>, CancellationToken, Task<byte[]?[]>> getMany) => _getMany = getMany;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == "get_IsConnected") return IsConnected;
        if (targetMethod.Name == "get_IsSharded") return IsSharded;
        if (targetMethod.Name == nameof(IRedis.HashGetAllManyAsync)) return Task.FromResult(Hashes((IReadOnlyList<RedisKey>)args![0]!));
        if (targetMethod.Name is not (nameof(IRedis.GetManyAsync) or nameof(IRedis.GetManyFromAnyAsync))) throw new NotSupportedException(targetMethod.Name);
        Calls++;
        if (targetMethod.Name == nameof(IRedis.GetManyFromAnyAsync)) HedgedCalls++;
        return _getMany((IReadOnlyList<RedisKey>)args![0]!, (CancellationToken)args[1]!);
    }
}
