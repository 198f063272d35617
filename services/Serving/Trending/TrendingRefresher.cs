using Recommender.Hosting.Errors;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;
using StackExchange.Redis;
using IRedis = Recommender.Hosting.Redis.IRedis;

namespace Recommender.Serving.Trending;

/// <summary>Reads the trending videos of every window and partition from Redis into <see cref="TrendingBoard"/>, again and again.</summary>
internal sealed class TrendingRefresher(
    IRedis redis, TrendingBoard board, EventPartitions partitions, ServingOptions options, TimeProvider time, ILogger<TrendingRefresher> logger)
    : BackgroundService
{
    /// <summary>Videos per window that are added up over all partitions: more than an answer can have.</summary>
    private const int AddedUp = 256;

    private bool _isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.TrendingPoll, time);
        do
        {
            try
            {
                board.Publish(await ReadAsync(stoppingToken));
                if (_isFailing) TrendingLog.Recovered(logger);
                _isFailing = false;
            }
            catch (DependencyUnavailableException e)
            {
                // What was read before stays; the board tells its age.
                if (!_isFailing) TrendingLog.NotRead(logger, e.Message);
                _isFailing = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<TrendingWindow[]> ReadAsync(CancellationToken cancellationToken)
    {
        var count = partitions.Count;
        var windows = OnlineKeys.Windows;
        // All questions are on their way before the first answer is awaited.
        var reads = new Task<SortedSetEntry[]>[windows.Count * count];
        for (var i = 0; i < reads.Length; i++)
            reads[i] = redis.SortedSetTopAsync(OnlineKeys.Trending(windows[i / count].Name, i % count), options.TrendingDepth, cancellationToken);
        var parts = await Task.WhenAll(reads);
        return await AddUpAsync([.. windows.Select((w, i) => new TrendingWindow(w.Name, w.HalfLife, parts.Skip(i * count).Take(count).Select(ToVideos)))], cancellationToken);
    }

    /// <summary>
    /// A partition's list ends somewhere, and what a video has of a partition in whose list it stands further below would be missing. Its counters have
    /// every partition.
    /// </summary>
    private async Task<TrendingWindow[]> AddUpAsync(TrendingWindow[] windows, CancellationToken cancellationToken)
    {
        string[] first = [.. windows.SelectMany(w => w.Videos.Take(AddedUp)).Select(v => v.VideoId).Distinct(StringComparer.Ordinal)];
        if (first.Length == 0) return windows;
        var fields = await redis.HashGetAllManyAsync([.. first.Select(v => (RedisKey)OnlineKeys.Video(v))], cancellationToken);
        var sums = first.Zip(fields.Select(SumOf)).ToArray();
        return [.. windows.Select((w, i) => w.With(sums.Select(s => (s.First, s.Second.Trending[i]))))];
    }

    private static VideoCounters SumOf(HashEntry[] fields)
    {
        try
        {
            return VideoCounters.SumOf(fields);
        }
        catch (InvalidDataException)
        {
            // What the lists say remains; the feature service names the damaged value.
            return new VideoCounters();
        }
    }

    private static IEnumerable<(string VideoId, double Log2)> ToVideos(SortedSetEntry[] entries) => entries.Select(e => ((string)e.Element!, e.Score));
}

internal static partial class TrendingLog
{
    [LoggerMessage(EventId = 7101, EventName = "TrendingNotRead", Level = LogLevel.Warning, Message = "Trending videos stay as they were last read: {Problem}")]
    public static partial void NotRead(ILogger logger, string problem);

    [LoggerMessage(EventId = 7102, EventName = "TrendingRead", Level = LogLevel.Information, Message = "Trending videos are read again")]
    public static partial void Recovered(ILogger logger);
}
