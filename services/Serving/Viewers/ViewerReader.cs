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
/// Reads a viewer's state and precomputed list in one round trip. While Redis is dead a read costs nothing: without a connection it is not
/// tried, and with one that gives no answers a circuit breaker lets one call through now and then.
/// </summary>
internal sealed class ViewerReader
{
    private static readonly ResiliencePropertyKey<TimeSpan> s_limit = new("limit");
    private static readonly ResiliencePropertyKey<RedisKey[]> s_keys = new("keys");

    private readonly IRedis _redis;
    private readonly ServingOptions _options;
    private readonly ServingMetrics _metrics;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline<byte[]?[]> _resilience;

    public ViewerReader(IRedis redis, ServingOptions options, ServingMetrics metrics, TimeProvider time, ILogger<ViewerReader> logger)
    {
        (_redis, _options, _metrics, _logger) = (redis, options, metrics, logger);
        _resilience = new ResiliencePipelineBuilder<byte[]?[]> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<byte[]?[]>
            {
                FailureRatio = 0.5,
                MinimumThroughput = 4,
                SamplingDuration = TimeSpan.FromSeconds(2),
                BreakDuration = options.BreakDuration,
                ShouldHandle = new PredicateBuilder<byte[]?[]>().Handle<RedisUnavailableException>().Handle<TimeoutRejectedException>(IsOwnLimit),
                OnOpened = _ => Tell(ViewerLog.BreakerOpened),
                OnClosed = _ => Tell(ViewerLog.BreakerClosed),
            })
            .AddTimeout(new TimeoutStrategyOptions { TimeoutGenerator = args => new(args.Context.Properties.GetValue(s_limit, options.ReadTimeout)) })
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

    /// <summary>Reads the stored values of state and list, which <see cref="Decode"/> understands.</summary>
    /// <param name="userId">The viewer.</param>
    /// <param name="limit">How long this caller can wait; at most <see cref="ServingOptions.ReadTimeout"/> is used.</param>
    /// <param name="cancellationToken">The caller gave up.</param>
    /// <returns>The values; null when they can't be read within the limit, which is never an error.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<byte[]?[]?> ReadAsync(string userId, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (limit <= TimeSpan.Zero) return Missed("no_time");
        if (!_redis.IsConnected) return Missed("no_connection");
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(s_limit, limit < _options.ReadTimeout ? limit : _options.ReadTimeout);
            RedisKey[] keys = [OnlineKeys.Viewer(userId), OnlineKeys.List(userId)];
            context.Properties.Set(s_keys, keys);
            var outcome = await _resilience.ExecuteOutcomeAsync(GetAsync, context, _redis);
            if (outcome.Exception is null) return outcome.Result;
            cancellationToken.ThrowIfCancellationRequested();
            return Missed(outcome.Exception switch
            {
                BrokenCircuitException => "circuit_open",
                TimeoutRejectedException => "timeout",
                _ => "failed",
            });
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static ValueTask<Outcome<byte[]?[]>> GetAsync(ResilienceContext context, IRedis redis) => CatchAsync(redis.GetManyAsync(KeysOf(context), context.CancellationToken));

    /// <summary>The second try asks whoever holds the keys, a replica where there is one: it may lag, but it answers.</summary>
    private ValueTask<Outcome<byte[]?[]>> GetFromAnyAsync(ResilienceContext context)
    {
        _metrics.ViewerRead("hedged");
        return CatchAsync(_redis.GetManyFromAnyAsync(KeysOf(context), context.CancellationToken));
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

    /// <summary>A caller with less time than our own limit proves nothing about Redis.</summary>
    private bool IsOwnLimit(TimeoutRejectedException e) => e.Timeout >= _options.ReadTimeout;

    /// <summary>Makes of values what they say; what was not read, or can't be, is absent from the result.</summary>
    /// <param name="values">What was read; null when nothing could be.</param>
    /// <param name="scratch">Memory that the result uses.</param>
    /// <param name="known">Ids that need not be allocated.</param>
    public ViewerRead Decode(byte[]?[]? values, ViewerScratch scratch, IKnownTexts? known = null)
    {
        if (values is null) return default;
        _metrics.ViewerRead("ok");
        var state = TryDecode(values[0], (scratch, known), static (bytes, to) =>
        {
            to.scratch.State.Read(bytes, to.known);
            return to.scratch.State;
        });
        var list = values[1] is { } stored ? TryDecode(stored, (scratch, known), static (bytes, to) =>
        {
            to.scratch.List.Read(bytes, to.known);
            return to.scratch.List;
        }) : null;
        var isListKnown = values[1] is null || list is not null;
        // A run that began before the viewer asked to be forgotten may write its list afterwards.
        if (list is not null && state?.ForgottenAtMs >= list.ComputedAtMs) list = null;
        return new ViewerRead(state, list, isListKnown);
    }

    /// <summary>A damaged value must not cost the viewer the answer. The feature service begins it anew with the next event, and says so.</summary>
    private T? TryDecode<T, TTo>(byte[]? bytes, TTo to, Func<byte[]?, TTo, T> decode) where T : class
    {
        try
        {
            return decode(bytes, to);
        }
        catch (InvalidDataException e)
        {
            _metrics.ViewerRead("damaged");
            ViewerLog.Damaged(_logger, e.Message);
            return null;
        }
    }

    private byte[]?[]? Missed(string outcome)
    {
        _metrics.ViewerRead(outcome);
        return null;
    }

    private ValueTask Tell(Action<ILogger> log)
    {
        log(_logger);
        return ValueTask.CompletedTask;
    }
}

internal static partial class ViewerLog
{
    [LoggerMessage(EventId = 7401, EventName = "BreakerOpened", Level = LogLevel.Warning, Message = "Redis fails too often; answers are made without it until it recovers")]
    public static partial void BreakerOpened(ILogger logger);

    [LoggerMessage(EventId = 7402, EventName = "BreakerClosed", Level = LogLevel.Information, Message = "Redis answers again")]
    public static partial void BreakerClosed(ILogger logger);

    [LoggerMessage(EventId = 7403, EventName = "ValueDamaged", Level = LogLevel.Error, Message = "A value in Redis can't be read and is ignored: {Problem}")]
    public static partial void Damaged(ILogger logger, string problem);
}
