using Polly;
using Polly.CircuitBreaker;
using Polly.Hedging;
using Polly.Timeout;
using Recommender.Hosting.Online;
using Recommender.Hosting.Redis;
using StackExchange.Redis;
using IRedis = Recommender.Hosting.Redis.IRedis;

namespace Recommender.Serving.Viewers;

/// <summary>
/// Fetches what is stored of viewers. Those who come while a fetch is on its way wait for it and are then fetched together, in one command: with little to do
/// nobody waits, and with much to do a command, its time limit and what guards it are shared by many. In a cluster each is fetched alone, so that none
/// depends on another's server. Safe for use by many threads.
/// </summary>
internal sealed class ViewerFetcher
{
    /// <summary>Most viewers of one fetch: some 300 KB of values.</summary>
    private const int Most = 64;

    private static readonly ResiliencePropertyKey<RedisKey[]> s_keys = new("keys");

    private readonly IRedis _redis;
    private readonly ServingMetrics _metrics;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline<byte[]?[]> _resilience;
    private readonly Lock _sync = new();
    private readonly Queue<ViewerToRead> _waiting = [];
    private int _underWay;
    private volatile bool _isSharded;

    public ViewerFetcher(IRedis redis, ServingOptions options, ServingMetrics metrics, TimeProvider time, ILogger logger)
    {
        (_redis, _metrics, _logger) = (redis, metrics, logger);
        _resilience = new ResiliencePipelineBuilder<byte[]?[]> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<byte[]?[]>
            {
                FailureRatio = 0.5,
                MinimumThroughput = 4,
                SamplingDuration = TimeSpan.FromSeconds(2),
                BreakDuration = options.BreakDuration,
                ShouldHandle = new PredicateBuilder<byte[]?[]>().Handle<RedisUnavailableException>().Handle<TimeoutRejectedException>(),
                OnOpened = _ => Tell(ViewerLog.BreakerOpened),
                OnClosed = _ => Tell(ViewerLog.BreakerClosed),
            })
            // By a generator, since shorter ones than 10 ms are refused otherwise.
            .AddTimeout(new TimeoutStrategyOptions { TimeoutGenerator = _ => new(options.ReadTimeout) })
            .AddHedging(new HedgingStrategyOptions<byte[]?[]>
            {
                MaxHedgedAttempts = 1,
                Delay = options.HedgeDelay,
                // Only slowness is hedged; a failed read is a missed one.
                ShouldHandle = static _ => PredicateResult.False(),
                ActionGenerator = args => () => GetFromAnyAsync(args.ActionContext),
            })
            .Build();
    }

    /// <summary>Sees to it that the viewer is fetched; its task ends when that is done or has failed, after <see cref="ServingOptions.ReadTimeout"/> at most once it is its turn.</summary>
    public void Fetch(ViewerToRead read)
    {
        lock (_sync)
        {
            if (_underWay > 0 && !_isSharded)
            {
                _waiting.Enqueue(read);
                return;
            }
            _underWay++;
        }
        // Others' reads follow from this one: they are no part of the caller's trace.
        using (ExecutionContext.SuppressFlow()) _ = FetchAsync([read]);
    }

    private async Task FetchAsync(ViewerToRead[] reads)
    {
        var outcome = await GetAsync(reads);
        // First of all, since what is told below goes on with the callers' work.
        FetchNext();
        Tell(reads, outcome);
    }

    /// <summary>Gets values; whatever went wrong is in the outcome, since many wait for it.</summary>
    private async ValueTask<Outcome<byte[]?[]>> GetAsync(ViewerToRead[] reads)
    {
        var context = ResilienceContextPool.Shared.Get();
        try
        {
            _isSharded = _redis.IsSharded;
            context.Properties.Set(s_keys, KeysOf(reads));
            return await _resilience.ExecuteOutcomeAsync(GetAsync, context, _redis);
        }
#pragma warning disable CA1031 // It is thrown at those who wait.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Outcome.FromException<byte[]?[]>(e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private void FetchNext()
    {
        ViewerToRead[] next;
        lock (_sync)
        {
            next = TakeWaiting();
            if (next.Length == 0)
            {
                _underWay--;
                return;
            }
        }
        _ = FetchAsync(next);
    }

    private ViewerToRead[] TakeWaiting()
    {
        var taken = new List<ViewerToRead>(Math.Min(Most, _waiting.Count));
        while (taken.Count < Most && _waiting.TryDequeue(out var read))
            if (!read.IsGivenUp) taken.Add(read);
        return [.. taken];
    }

    /// <summary>Tells each what became of it. One goes on at once on this thread, the others wherever there is one free.</summary>
    private static void Tell(ViewerToRead[] reads, in Outcome<byte[]?[]> outcome)
    {
        for (var i = reads.Length - 1; i >= 0; i--)
        {
            reads[i].Fetched(outcome.Exception is { } error ? Outcome.FromException<StoredViewer>(error) : Outcome.FromResult(new StoredViewer(outcome.Result![2 * i], outcome.Result[(2 * i) + 1])));
            if (i > 0) ThreadPool.UnsafeQueueUserWorkItem(reads[i], preferLocal: true);
            else reads[i].Execute();
        }
    }

    private static RedisKey[] KeysOf(ViewerToRead[] reads)
    {
        var keys = new RedisKey[2 * reads.Length];
        for (var i = 0; i < reads.Length; i++) (keys[2 * i], keys[(2 * i) + 1]) = (OnlineKeys.Viewer(reads[i].UserId), OnlineKeys.List(reads[i].UserId));
        return keys;
    }

    private static ValueTask<Outcome<byte[]?[]>> GetAsync(ResilienceContext context, IRedis redis) => CatchAsync(redis.GetManyAsync(KeysOf(context), context.CancellationToken));

    /// <summary>The second try asks whoever holds the keys, a replica where there is one: it may lag, but it answers.</summary>
    private ValueTask<Outcome<byte[]?[]>> GetFromAnyAsync(ResilienceContext context)
    {
        var keys = KeysOf(context);
        _metrics.ViewerRead("hedged", keys.Length / 2);
        return CatchAsync(_redis.GetManyFromAnyAsync(keys, context.CancellationToken));
    }

    private static RedisKey[] KeysOf(ResilienceContext context) => context.Properties.GetValue(s_keys, []);

    private static async ValueTask<Outcome<byte[]?[]>> CatchAsync(Task<byte[]?[]> reading)
    {
        try
        {
            return Outcome.FromResult(await reading);
        }
        catch (Exception e) when (e is RedisUnavailableException or OperationCanceledException)
        {
            return Outcome.FromException<byte[]?[]>(e);
        }
    }

    private ValueTask Tell(Action<ILogger> log)
    {
        log(_logger);
        return ValueTask.CompletedTask;
    }
}
