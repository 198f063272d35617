using System.Threading.Channels;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Online;
using Recommender.Serving.Catalog;
using Recommender.Serving.Model;
using StackExchange.Redis;
using IRedis = Recommender.Hosting.Redis.IRedis;

namespace Recommender.Serving.Fresh;

/// <summary>
/// Judges new videos again and again: reads their counters from Redis, reckons their chances, and makes vectors for them. A video that comes meanwhile
/// gets its vector at once, and another model gets all of them at once.
/// </summary>
internal sealed class FreshRefresher : BackgroundService
{
    private const int Rounds = 256;

    /// <summary>Room for videos that come between two rounds; further ones wait for the next.</summary>
    private const int Newcomers = 1024;

    /// <summary>Tags' vectors are added up anew when the catalog has grown or shrunk by this part.</summary>
    private const double CatalogChange = 0.01;

    private readonly IRedis _redis;
    private readonly VideoCatalog _catalog;
    private readonly CurrentModel _current;
    private readonly FreshBoard _board;
    private readonly Random _random;
    private readonly ServingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Videos that came, and null for another model. What does not fit waits for the next round.</summary>
    private readonly Channel<CatalogVideo?> _news = Channel.CreateBounded<CatalogVideo?>(new BoundedChannelOptions(Newcomers) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Names the model instead of holding it, which would keep it in memory.</summary>
    private (string ModelVersion, int Videos, TagVectors Vectors)? _tags;
    private bool _isFailing;

    /// <summary>Videos whose counters could not be read the last time.</summary>
    private HashSet<string> _damaged = [];

    public FreshRefresher(
        IRedis redis, VideoCatalog catalog, CurrentModel current, FreshBoard board, Random random, ServingOptions options, TimeProvider time,
        ILogger<FreshRefresher> logger)
    {
        (_redis, _catalog, _current, _board, _random, _options, _time, _logger) = (redis, catalog, current, board, random, options, time, logger);
        catalog.Upserted += video => _news.Writer.TryWrite(video);
        current.Published += () => _news.Writer.TryWrite(null);
    }

    /// <summary>Judges once.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var fresh = Array.FindAll(_catalog.Newest(), IsFresh);
        _board.Keep([.. fresh.Select(v => v.VideoId)]);
        Publish(fresh);
        if (_options.FreshShare > 0) _board.Publish(await ChancesOfAsync(fresh[..Math.Min(fresh.Length, _options.FreshPool)], cancellationToken));
    }

    /// <summary>Takes in what came since the last look: new videos one by one, another model by vectors in its space.</summary>
    public void TakeNews()
    {
        while (_news.Reader.TryRead(out var video))
        {
            if (_current.Generation is not { Factors: { } factors } model) continue;
            if (_board.Vectors.ModelVersion != model.Version) Publish(Array.FindAll(_catalog.Newest(), IsFresh));
            else if (video is not null && IsFresh(video)) AddVector(_board.Vectors, MakerFor(model, TagsAtHand(model), solver: null), video, new float[factors.Length]);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var next = _time.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            TakeNews();
            if (_time.GetElapsedTime(next) >= TimeSpan.Zero)
            {
                await TryRefreshAsync(stoppingToken);
                next = _time.GetTimestamp() + (long)(_options.FreshPoll.TotalSeconds * _time.TimestampFrequency);
            }
            await WaitAsync(-_time.GetElapsedTime(next), stoppingToken);
        }
    }

    /// <summary>Waits for news, or until it is time.</summary>
    private async Task WaitAsync(TimeSpan time, CancellationToken stoppingToken)
    {
        if (time <= TimeSpan.Zero) return;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAny(_news.Reader.WaitToReadAsync(end.Token).AsTask(), Task.Delay(time, _time, end.Token));
        await end.CancelAsync();
    }

    private async Task TryRefreshAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RefreshAsync(stoppingToken);
            if (_isFailing) FreshLog.Recovered(_logger);
            _isFailing = false;
        }
        catch (DependencyUnavailableException e)
        {
            // The chances stay as they were last reckoned.
            if (!_isFailing) FreshLog.NotRead(_logger, e.Message);
            _isFailing = true;
        }
    }

    /// <summary>Whether a video is new and the live model does not know it.</summary>
    private bool IsFresh(CatalogVideo video)
    {
        var now = _time.GetUtcNow();
        return video.PublishedAtMs >= (now - _options.FreshFor).ToUnixTimeMilliseconds() && video.PublishedAtMs <= now.ToUnixTimeMilliseconds()
            && _current.Generation?.TryFind(video.VideoId, out _) != true;
    }

    private void Publish(CatalogVideo[] fresh)
    {
        if (_current.Generation is not { Factors: { } factors } model)
        {
            _board.Publish(ColdVectors.None);
            return;
        }
        var vectors = new ColdVectors(model.Version, model.ItemCount, factors.Length, fresh.Length + Newcomers);
        var (maker, vector) = (MakerFor(model, TagsOf(model), NewVideoFoldIn.Of(model, _board.RecentViewers)), new float[factors.Length]);
        foreach (var video in fresh) AddVector(vectors, maker, video, vector);
        _board.Publish(vectors);
    }

    private void AddVector(ColdVectors vectors, ColdVectorMaker maker, CatalogVideo video, float[] vector)
    {
        if (!maker.TryMake(video, vector)) return;
        lock (_catalog.Sync)
        {
            // It may have been deleted since it came.
            if (vectors.TryAdd(video.VideoId, vector) && _catalog.IsDeleted(video.VideoId)) vectors.MarkDeleted(video.VideoId, true);
        }
    }

    private ColdVectorMaker MakerFor(ModelGeneration model, TagVectors tags, NewVideoFoldIn? solver) => new(model, _catalog, tags, _board.FirstViewers, solver);

    /// <summary>What was added up last will do for a single video, while a whole catalog may be coming in.</summary>
    private TagVectors TagsAtHand(ModelGeneration model) => _tags is { } tags && tags.ModelVersion == model.Version ? tags.Vectors : TagsOf(model);

    private TagVectors TagsOf(ModelGeneration model)
    {
        if (_tags is not { } tags || tags.ModelVersion != model.Version || Math.Abs(_catalog.Count - tags.Videos) > CatalogChange * tags.Videos)
            _tags = tags = (model.Version, _catalog.Count, new TagVectors(model, _catalog));
        return tags.Vectors;
    }

    private async Task<FreshChances> ChancesOfAsync(CatalogVideo[] videos, CancellationToken cancellationToken)
    {
        if (videos.Length == 0) return FreshChances.None;
        var fields = await _redis.HashGetAllManyAsync([.. videos.Select(v => (RedisKey)OnlineKeys.Video(v.VideoId))], cancellationToken);
        var arms = new List<(long Successes, long Trials)>(videos.Length);
        var judged = new List<(string VideoId, long Views)>(videos.Length);
        var damaged = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < videos.Length; i++)
        {
            var videoId = videos[i].VideoId;
            try
            {
                var sum = VideoCounters.SumOf(fields[i]);
                arms.Add((sum.NetLikes + sum.Shares, Math.Max(sum.Views, _board.ShownHere(videoId))));
                judged.Add((videoId, sum.Views));
            }
            catch (InvalidDataException e)
            {
                // Of this one nothing is known, as of one that was not judged yet; the others go on.
                if (damaged.Add(videoId) && !_damaged.Contains(videoId)) FreshLog.Damaged(_logger, videoId, e.Message);
            }
        }
        _damaged = damaged;
        if (judged.Count == 0) return FreshChances.None;
        var chances = ThompsonSampling.Chances([.. arms], _random, Rounds);
        return new FreshChances(judged.Select((v, i) => (v.VideoId, new FreshChance(chances[i], v.Views))).ToDictionary(StringComparer.Ordinal));
    }
}

internal static partial class FreshLog
{
    [LoggerMessage(EventId = 7651, EventName = "FreshNotRead", Level = LogLevel.Warning, Message = "Chances of fresh videos stay as they were last reckoned: {Problem}")]
    public static partial void NotRead(ILogger logger, string problem);

    [LoggerMessage(EventId = 7652, EventName = "FreshRead", Level = LogLevel.Information, Message = "Counters of fresh videos are read again")]
    public static partial void Recovered(ILogger logger);

    [LoggerMessage(EventId = 7653, EventName = "FreshCountersDamaged", Level = LogLevel.Error, Message = "The counters of fresh video '{VideoId}' can't be read, so it counts as one that was not judged yet: {Problem}")]
    public static partial void Damaged(ILogger logger, string videoId, string problem);
}
