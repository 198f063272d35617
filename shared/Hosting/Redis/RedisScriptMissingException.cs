namespace Recommender.Hosting.Redis;

/// <summary>
/// A server does not know a script that was loaded into it: it was restarted since, or another one took its place. Either may have lost the
/// newest writes.
/// </summary>
/// <param name="script">Name of the script.</param>
/// <param name="inner">The server's answer.</param>
public sealed class RedisScriptMissingException(string script, Exception inner) : Exception($"Redis does not know the script {script} any more", inner);
