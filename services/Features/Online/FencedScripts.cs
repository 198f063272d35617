using Recommender.Hosting.Redis;

namespace Recommender.Features.Online;

/// <summary>
/// The scripts that write online state, under names of their own for each time. Redis keeps loaded scripts in memory alone, so a server that
/// was restarted (and may have lost the last second of its append-only file) or that took another's place (and may lag behind it) does not
/// know them and refuses the write. That makes it impossible to write a watermark over state that was lost.
/// </summary>
internal sealed class FencedScripts
{
    // Version and value by turns, one pair for each key. Both return nothing when all writes took effect, otherwise by turns the number of a key
    // whose write did not, from 1, and the value that is there instead ('' for none). A command costs more than its value, hence one for all.
    private const string Viewers =
        """
        local lost, won = nil, {}
        for i, key in ipairs(KEYS) do
          if redis.call('GETRANGE', key, 0, 7) == ARGV[2 * i - 1] then
            won[#won + 1] = key
            won[#won + 1] = ARGV[2 * i]
          else
            lost = lost or {}
            lost[#lost + 1] = i
            lost[#lost + 1] = redis.call('GET', key) or ''
          end
        end
        if #won > 0 then redis.call('MSET', unpack(won)) end
        return lost
        """;

    // As above, behind the name of the field.
    private const string Videos =
        """
        local lost = nil
        for i, key in ipairs(KEYS) do
          local current = redis.call('HGET', key, ARGV[1]) or ''
          if string.sub(current, 1, 8) == ARGV[2 * i] then
            redis.call('HSET', key, ARGV[1], ARGV[2 * i + 1])
          else
            lost = lost or {}
            lost[#lost + 1] = i
            lost[#lost + 1] = current
          end
        end
        return lost
        """;

    // One field of many keys: as commands of their own these would cost several times as much.
    private const string Fields =
        """
        local found = {}
        for i, key in ipairs(KEYS) do found[i] = redis.call('HGET', key, ARGV[1]) end
        return found
        """;

    // Returns nothing when the write took effect, otherwise the value that is there instead ('' for none).
    private const string Marks =
        """
        local current = redis.call('GET', KEYS[1]) or ''
        if current ~= ARGV[1] then return current end
        redis.call('SET', KEYS[1], ARGV[2])
        return nil
        """;

    private const string Remove =
        """
        if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
        return nil
        """;

    private const string Nothing = "return nil";

    // Scores only grow, so the larger one is the newer one whoever writes last. ARGV: members to keep, then score and member by turns. Returns the
    // lowest score once there are that many.
    private const string Trending =
        """
        redis.call('ZADD', KEYS[1], 'GT', unpack(ARGV, 2))
        local keep = tonumber(ARGV[1])
        redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -keep - 1)
        if redis.call('ZCARD', KEYS[1]) < keep then return nil end
        return redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
        """;

    public FencedScripts()
    {
        var time = Guid.NewGuid().ToString("N");
        WriteViewers = Create("viewer-write", Viewers);
        RemoveViewer = Create("viewer-remove", Remove);
        ReadVideos = Create("video-read", Fields);
        WriteVideos = Create("video-write", Videos);
        WriteMarks = Create("marks-write", Marks);
        WriteTrending = Create("trending-write", Trending);
        Check = Create("check", Nothing);

        RedisScript Create(string name, string text) => new(name, $"-- {time}\n{text}");
    }

    public RedisScript WriteViewers { get; }

    public RedisScript RemoveViewer { get; }

    /// <summary>Writes nothing, and is as unknown to a server that was replaced as the others.</summary>
    public RedisScript ReadVideos { get; }

    public RedisScript WriteVideos { get; }

    public RedisScript WriteMarks { get; }

    public RedisScript WriteTrending { get; }

    /// <summary>As <see cref="ReadVideos"/>, and reads nothing.</summary>
    public RedisScript Check { get; }

    public async Task LoadAsync(IRedis redis, CancellationToken cancellationToken) =>
        await Task.WhenAll(new[] { WriteViewers, RemoveViewer, ReadVideos, WriteVideos, WriteMarks, WriteTrending, Check }.Select(s => redis.LoadScriptAsync(s, cancellationToken)));
}
