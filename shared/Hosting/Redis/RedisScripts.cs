using System.Globalization;
using StackExchange.Redis;

namespace Recommender.Hosting.Redis;

/// <summary>How scripts are run: by their hash, which a server knows once it was told the text.</summary>
internal static class RedisScripts
{
    /// <summary>Runs a script; a server that does not know it is told.</summary>
    public static async Task<RedisReply> EvalAsync(IDatabase db, RedisScript script, RedisKey[] keys, RedisValue[] arguments)
    {
        try
        {
            return new RedisReply(await db.ScriptEvaluateAsync(script.Hash, keys, arguments));
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // A server that was restarted, or never saw the script. EVAL also makes it known to the server.
            var command = new object[2 + keys.Length + arguments.Length];
            command[0] = script.Text;
            command[1] = keys.Length.ToString(CultureInfo.InvariantCulture);
            for (var i = 0; i < keys.Length; i++)
                command[2 + i] = keys[i];

            for (var i = 0; i < arguments.Length; i++)
                command[2 + keys.Length + i] = arguments[i];

            return new RedisReply(await db.ExecuteAsync("EVAL", command));
        }
    }

    /// <summary>Tells primaries the text.</summary>
    public static async Task<bool> LoadAsync(IServer[] primaries, RedisScript script)
    {
        if (primaries.Length == 0) throw new TimeoutException("No primary server is connected.");
        await Task.WhenAll(primaries.Select(s => s.ScriptLoadAsync(script.Text)));
        return true;
    }

    /// <summary>Runs a script that primaries were told once for each call, all under way together.</summary>
    public static async Task<RedisReply[]> EvalLoadedAsync(IDatabase db, RedisScript script, IReadOnlyList<RedisCall> calls)
    {
        try
        {
            var results = await RedisClient.Each(calls, (db, script.Hash), static (s, c) => s.db.ScriptEvaluateAsync(s.Hash, c.Keys, c.Arguments));
            return Array.ConvertAll(results, r => new RedisReply(r));
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            throw new RedisScriptMissingException(script.Name, e);
        }
    }
}
