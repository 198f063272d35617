using StackExchange.Redis;

namespace Recommender.Tests.Integration.Features.Model;

/// <summary>
/// Takes a real server back to an earlier moment, as a restart from a file that lacks its end does: the keys are as they were then, and loaded
/// scripts are unknown.
/// </summary>
internal sealed class RedisPast : IDisposable
{
    private readonly ConnectionMultiplexer _connection;
    private readonly IServer _server;
    private readonly List<(RedisKey Key, byte[] Value)> _snapshot = [];

    public RedisPast(string endpoint)
    {
        _connection = ConnectionMultiplexer.Connect($"{endpoint},allowAdmin=true,syncTimeout=60000,connectTimeout=60000");
        _server = _connection.GetServer(endpoint);
    }

    /// <summary>Begins with nothing.</summary>
    public void Clear()
    {
        _server.FlushDatabase();
        _snapshot.Clear();
    }

    /// <summary>Remembers this moment.</summary>
    public void Remember()
    {
        var database = _connection.GetDatabase();
        _snapshot.Clear();
        foreach (var key in _server.Keys().ToList()) _snapshot.Add((key, database.KeyDump(key)));
    }

    /// <summary>Goes back to the moment that is remembered. Nobody may write in the meantime.</summary>
    public void GoBack()
    {
        var database = _connection.GetDatabase();
        _server.ScriptFlush();
        _server.FlushDatabase();
        foreach (var (key, value) in _snapshot) database.KeyRestore(key, value);
    }

    public void Dispose() => _connection.Dispose();
}
