using Recommender.Hosting.Errors;
using Recommender.Hosting.Online;
using Recommender.Serving.Catalog;
using Recommender.Serving.Model;
using StackExchange.Redis;
using IRedis = Recommender.Hosting.Redis.IRedis;

namespace Recommender.Serving.Fresh;

/// <summary>Judges new videos again and again: reads their counters from Redis, reckons their chances, and makes vectors for them.</summary>
internal sealed class FreshRefresher(
    IRedis redis, VideoCatalog catalog, CurrentModel current, FreshBoard board, Random random, ServingOptions options, TimeProvider time,
    ILogger<FreshRefresher> logger) : BackgroundService
{
    private const int Rounds = 256;

    /// <summary>Tags' vectors are added up anew when the catalog has grown or shrunk by this part.</summary>
    private const double CatalogChange = 0.01;

    /// <summary>Names the model instead of holding it, which would keep it in memory.</summary>
    private (string ModelVersion, int Videos, TagVectors Vectors)? _tags;
    private bool _isFailing;

    /// <summary>Judges once.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (since, until) = ((now - options.FreshFor).ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
        var model = current.Generation;
        var fresh = Array.FindAll(catalog.Newest(), v => v.PublishedAtMs >= since && v.PublishedAtMs <= until && model?.TryFind(v.VideoId, out _) != true);
        board.Keep([.. fresh.Select(v => v.VideoId)]);
        board.Publish(model is { Factors: not null } ? VectorsOf(fresh, model) : ColdVectors.None);
        if (options.FreshShare > 0) board.Publish(await ChancesOfAsync(fresh[..Math.Min(fresh.Length, options.FreshPool)], cancellationToken));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.FreshPoll, time);
        do
        {
            try
            {
                await RefreshAsync(stoppingToken);
                if (_isFailing) FreshLog.Recovered(logger);
                _isFailing = false;
            }
            catch (Exception e) when (e is DependencyUnavailableException or InvalidDataException)
            {
                // The chances stay as they were last reckoned.
                if (!_isFailing) FreshLog.NotRead(logger, e.Message);
                _isFailing = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private ColdVectors VectorsOf(CatalogVideo[] fresh, ModelGeneration model)
    {
        if (fresh.Length == 0) return ColdVectors.None;
        var maker = new ColdVectorMaker(model, catalog, TagsOf(model), board.FirstViewers);
        var length = model.Factors!.Length;
        var (ids, rows) = (new List<string>(), new float[fresh.Length * length]);
        foreach (var video in fresh)
            if (maker.TryMake(video, rows.AsSpan(ids.Count * length, length))) ids.Add(video.VideoId);
        return new ColdVectors(model.Version, [.. ids], rows[..(ids.Count * length)], length);
    }

    private TagVectors TagsOf(ModelGeneration model)
    {
        if (_tags is not { } tags || tags.ModelVersion != model.Version || Math.Abs(catalog.Count - tags.Videos) > CatalogChange * tags.Videos)
            _tags = tags = (model.Version, catalog.Count, new TagVectors(model, catalog));
        return tags.Vectors;
    }

    private async Task<FreshChances> ChancesOfAsync(CatalogVideo[] videos, CancellationToken cancellationToken)
    {
        if (videos.Length == 0) return FreshChances.None;
        var fields = await redis.HashGetAllManyAsync([.. videos.Select(v => (RedisKey)OnlineKeys.Video(v.VideoId))], cancellationToken);
        var arms = new (long Successes, long Trials)[videos.Length];
        var views = new long[videos.Length];
        for (var i = 0; i < videos.Length; i++)
        {
            var sum = new VideoCounters();
            foreach (var field in fields[i]) sum.Add(VideoCounters.Decode((byte[])field.Value!));
            views[i] = sum.Views;
            arms[i] = (sum.NetLikes + sum.Shares, Math.Max(sum.Views, board.ShownHere(videos[i].VideoId)));
        }
        var chances = ThompsonSampling.Chances(arms, random, Rounds);
        return new FreshChances(videos.Select((v, i) => (v.VideoId, new FreshChance(chances[i], views[i]))).ToDictionary(StringComparer.Ordinal));
    }
}

internal static partial class FreshLog
{
    [LoggerMessage(EventId = 7601, EventName = "FreshNotRead", Level = LogLevel.Warning, Message = "Chances of fresh videos stay as they were last reckoned: {Problem}")]
    public static partial void NotRead(ILogger logger, string problem);

    [LoggerMessage(EventId = 7602, EventName = "FreshRead", Level = LogLevel.Information, Message = "Counters of fresh videos are read again")]
    public static partial void Recovered(ILogger logger);
}
