using Polly.CircuitBreaker;
using Polly.Timeout;
using Recommender.Hosting.Online;
using Recommender.Hosting.Redis;

namespace Recommender.Serving.Viewers;

/// <summary>
/// Reads a viewer's state and precomputed list in one round trip. While Redis is dead a read costs nothing: without a connection it is not
/// tried, and with one that gives no answers a circuit breaker lets one call through now and then.
/// </summary>
internal sealed class ViewerReader(IRedis redis, ServingOptions options, ServingMetrics metrics, TimeProvider time, ILogger<ViewerReader> logger)
{
    private readonly ViewerFetcher _fetcher = new(redis, options, metrics, time, logger);

    /// <summary>Reads the stored values of state and list, which <see cref="Decode"/> understands.</summary>
    /// <param name="userId">The viewer.</param>
    /// <param name="limit">How long this caller can wait; at most <see cref="ServingOptions.ReadTimeout"/> is used.</param>
    /// <param name="cancellationToken">The caller gave up.</param>
    /// <returns>The values; null when they can't be read within the limit, which is never an error.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<StoredViewer?> ReadAsync(string userId, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (limit <= TimeSpan.Zero) return Missed("no_time");
        if (!redis.IsConnected) return Missed("no_connection");
        var read = new ViewerToRead(userId);
        _fetcher.Fetch(read);
        try
        {
            // How long a fetch takes is bounded anyway, but not how long it has to wait for others.
            var outcome = await read.Task.WaitAsync(limit < options.ReadTimeout ? limit : options.ReadTimeout, time, cancellationToken);
            switch (outcome.Exception)
            {
                case BrokenCircuitException:
                    return Missed("circuit_open");
                case TimeoutRejectedException:
                    return Missed("timeout");
                case RedisUnavailableException:
                    return Missed("failed");
                default:
                    outcome.ThrowIfException();
                    return outcome.Result;
            }
        }
        catch (TimeoutException)
        {
            return Missed("timeout");
        }
        finally
        {
            read.IsGivenUp = true;
        }
    }

    /// <summary>Makes of values what they say; what was not read, or can't be, is absent from the result.</summary>
    /// <param name="values">What was read; null when nothing could be.</param>
    /// <param name="scratch">Memory that the result uses.</param>
    /// <param name="known">Ids that need not be allocated.</param>
    public ViewerRead Decode(StoredViewer? values, ViewerScratch scratch, IKnownTexts? known = null)
    {
        if (values is not { } viewer) return default;
        metrics.ViewerRead("ok");
        var state = TryDecode(viewer.State, (scratch, known), static (bytes, to) =>
        {
            to.scratch.State.Read(bytes, to.known);
            return to.scratch.State;
        });
        var list = viewer.List is { } stored ? TryDecode(stored, (scratch, known), static (bytes, to) =>
        {
            to.scratch.List.Read(bytes, to.known);
            return to.scratch.List;
        }) : null;
        var isListKnown = viewer.List is null || list is not null;
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
            metrics.ViewerRead("damaged");
            ViewerLog.Damaged(logger, e.Message);
            return null;
        }
    }

    private StoredViewer? Missed(string outcome)
    {
        metrics.ViewerRead(outcome);
        return null;
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
