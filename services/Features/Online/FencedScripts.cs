using Recommender.Hosting.Redis;

namespace Recommender.Features.Online;

/// <summary>
/// The scripts that write online state, under names of their own for each time. Redis keeps loaded scripts in memory alone, so a server that
/// was restarted (and may have lost the last second of its append-only file) or that took another's place (and may lag behind it) does not
/// know them and refuses the write. That makes it impossible to write a watermark over state that was lost.
/// </summary>
internal sealed class FencedScripts
{
    // Each returns nothing when the write took effect, otherwise the value that is there instead ('' for none).
    private const string Viewer =
        """
        local version = redis.call('GETRANGE', KEYS[1], 0, 7)
        if version ~= ARGV[1] then return redis.call('GET', KEYS[1]) or '' end
        redis.call('SET', KEYS[1], ARGV[2])
        return nil
        """;

    private const string Video =
        """
        local current = redis.call('HGET', KEYS[1], ARGV[3]) or ''
        if string.sub(current, 1, 8) ~= ARGV[1] then return current end
        redis.call('HSET', KEYS[1], ARGV[3], ARGV[2])
        return nil
        """;

    private const string Marks =
        """
        local current = redis.call('GET', KEYS[1]) or ''
        if current ~= ARGV[1] then return current end
        redis.call('SET', KEYS[1], ARGV[2])
        return nil
        """;

    private const string Nothing = "return nil";

    // Scores only grow, so the larger one is the newer one whoever writes last. ARGV: members to keep, then score and member by turns.
    private const string Trending =
        """
        redis.call('ZADD', KEYS[1], 'GT', unpack(ARGV, 2))
        redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -tonumber(ARGV[1]) - 1)
        return nil
        """;

    public FencedScripts()
    {
        var time = Guid.NewGuid().ToString("N");
        WriteViewer = Create("viewer-write", Viewer);
        WriteVideo = Create("video-write", Video);
        WriteMarks = Create("marks-write", Marks);
        WriteTrending = Create("trending-write", Trending);
        Check = Create("check", Nothing);

        RedisScript Create(string name, string text) => new(name, $"-- {time}\n{text}");
    }

    public RedisScript WriteViewer { get; }

    public RedisScript WriteVideo { get; }

    public RedisScript WriteMarks { get; }

    public RedisScript WriteTrending { get; }

    /// <summary>Writes nothing; is as unknown to a server that was replaced as the others.</summary>
    public RedisScript Check { get; }

    public async Task LoadAsync(IRedis redis, CancellationToken cancellationToken) =>
        await Task.WhenAll(new[] { WriteViewer, WriteVideo, WriteMarks, WriteTrending, Check }.Select(s => redis.LoadScriptAsync(s, cancellationToken)));
}
