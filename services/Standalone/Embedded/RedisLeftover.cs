using System.Globalization;

namespace Recommender.Standalone.Embedded;

/// <summary>Deals with what a run that crashed may have left in the data directory.</summary>
internal static class RedisLeftover
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Where the server writes its process id.</summary>
    public static string PidFile(string directory) => Path.Combine(directory, "redis.pid");

    /// <summary>Makes sure that one process at a time uses the directory; the lock ends with the process, however that ends.</summary>
    /// <exception cref="EmbeddedStartException">Another process uses it, or it can't be written to.</exception>
    public static FileStream LockDirectory(string directory)
    {
        try
        {
            return new FileStream(Path.Combine(directory, "redis.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new EmbeddedStartException($"The data directory {directory} is in use by another recommender; stop that one, or choose another with --data DIRECTORY.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new EmbeddedStartException($"The data directory {directory} can't be written to; choose another with --data DIRECTORY.", e);
        }
    }

    /// <summary>
    /// Ends a server that still works in this directory although whoever started it is gone. The directory must be locked.
    /// </summary>
    public static async Task StopAsync(string directory, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        if (Find(directory) is not { } id)
            return;

        EmbeddedLog.RedisLeftover(logger, id);
        RedisProcess.Signal(id, RedisProcess.Terminate);
        var begin = time.GetTimestamp();
        while (Find(directory) == id)
        {
            if (time.GetElapsedTime(begin) > Patience)
                RedisProcess.Signal(id, RedisProcess.Kill);

            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    /// <summary>The process whose id is in the file, if it is a redis-server that works in this directory.</summary>
    private static int? Find(string directory)
    {
        try
        {
            if (!int.TryParse(File.ReadAllText(PidFile(directory)), CultureInfo.InvariantCulture, out var id))
                return null;

            var process = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");
            var isRedis = File.ReadAllText(process + "/comm").StartsWith("redis-server", StringComparison.Ordinal);
            var works = new FileInfo(process + "/cwd").ResolveLinkTarget(returnFinalTarget: true)?.FullName;
            return isRedis && works == directory ? id : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // no file, no such process, or one of another user
        }
    }
}
