using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Recommender.Hosting.Kafka;

/// <summary>
/// Reads all partitions of a compacted topic from the beginning, without a group, and keeps following: every replica sees every record.
/// Survives outages of the cluster, and goes on where it was, or from the beginning if another log has taken the topic's place meanwhile
/// (<see cref="LogIdentity"/>). Partitions that are added later are not noticed until a restart or an outage.
/// </summary>
public sealed class CompactedTopicReader : IAsyncDisposable
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly KafkaOptions _options;
    private readonly KafkaHealth _health;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _topic;
    private readonly Func<TopicRecord, CancellationToken, ValueTask> _handler;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<int, long> _next = [];
    private string? _log;
    private Task? _loop;
    private long _records;
    private int _disposed;

    /// <summary>Prepares a reader; <see cref="Start"/> begins.</summary>
    /// <param name="options">Where Kafka is.</param>
    /// <param name="health">Is told about doubts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="handler">
    /// Called for one record after the other, in order within a partition. What it throws is logged and the record is skipped, except
    /// <see cref="OperationCanceledException"/> while stopping.
    /// </param>
    public CompactedTopicReader(
        KafkaOptions options, KafkaHealth health, TimeProvider time, ILogger logger, string topic, Func<TopicRecord, CancellationToken, ValueTask> handler)
    {
        _options = options;
        _health = health;
        _time = time;
        _logger = logger;
        _topic = topic;
        _handler = handler;
    }

    /// <summary>Ends when every record that was in the topic at the start has been handled; is cancelled when the reader stops before.</summary>
    public Task CaughtUp => _caughtUp.Task;

    /// <summary>Records handled so far.</summary>
    public long Records => Volatile.Read(ref _records);

    /// <summary>Begins to read, on a thread of its own.</summary>
    public void Start() =>
        _loop ??= Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Stops reading; the handler is not called any more afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        await _stop.CancelAsync();
        if (_loop is not null)
            await _loop;

        _caughtUp.TrySetCanceled(_stop.Token);
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                ReadOnce(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (KafkaException e)
            {
                _health.Doubt();
                KafkaLog.ReaderRestarted(_logger, _topic, e.Error.Reason);
                _stop.Token.WaitHandle.WaitOne(_options.RetryDelay);
            }
        }
    }

    /// <summary>Reads until a client has lost Kafka: when it is found again, maybe at another address, the log may be another one.</summary>
    private void ReadOnce(CancellationToken cancellationToken)
    {
        using var consumer = Build();
        var ends = FindEnds(consumer);
        FollowLog(cancellationToken);
        var doubts = _health.Doubts;
        consumer.Assign(ends.Keys.Select(p => new TopicPartitionOffset(_topic, p, _next.TryGetValue(p, out var next) ? next : Offset.Beginning)));
        TellWhenCaughtUp(ends);
        while (_health.Doubts == doubts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (consumer.Consume(Poll) is not { } result)
                continue;

            if (!result.IsPartitionEOF)
                Handle(result, cancellationToken);

            // The end of a partition counts too: its last records may be of a kind that is never handed out.
            _next[result.Partition.Value] = result.IsPartitionEOF ? result.Offset.Value : result.Offset.Value + 1;
            TellWhenCaughtUp(ends);
        }
    }

    /// <summary>Forgets positions that count in another log.</summary>
    private void FollowLog(CancellationToken cancellationToken)
    {
        var identity = LogIdentity.ResolveAsync(_options, [_topic], _time, _logger, cancellationToken).GetAwaiter().GetResult();
        if (_log is not null && _log != identity.Of(_topic))
            _next.Clear();

        _log = identity.Of(_topic);
    }

    private IConsumer<byte[]?, byte[]?> Build()
    {
        var config = KafkaConfigs.Consumer(_options, "recommender-reader");
        config.EnablePartitionEof = true;
        config.GroupInstanceId = null;
        return KafkaConsumers.Build(config, _health, _logger).Build();
    }

    /// <summary>The offset after the last record of each partition, now.</summary>
    private Dictionary<int, long> FindEnds(IConsumer<byte[]?, byte[]?> consumer)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        // All topics are asked for, since asking for one by name may create it.
        var topic = admin.GetMetadata(AskTimeout).Topics.Find(t => t.Topic == _topic && !t.Error.IsError && t.Partitions.Count > 0)
            ?? throw new KafkaException(new Error(ErrorCode.Local_UnknownTopic, $"Topic {_topic} does not exist yet"));
        return topic.Partitions.ToDictionary(
            p => p.PartitionId,
            p => consumer.QueryWatermarkOffsets(new TopicPartition(_topic, p.PartitionId), AskTimeout).High.Value);
    }

    private void Handle(ConsumeResult<byte[]?, byte[]?> result, CancellationToken cancellationToken)
    {
        var record = new TopicRecord(
            new RecordPosition(_topic, result.Partition.Value, result.Offset.Value),
            result.Message.Key ?? [],
            result.Message.Value,
            result.Message.Headers ?? [],
            RecordTimes.Of(result.Message.Timestamp, _time.GetUtcNow()));
        try
        {
            // This thread belongs to the reader, so it may wait.
            _handler(record, cancellationToken).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever a handler throws, the records behind this one must still be read.
        catch (Exception e)
#pragma warning restore CA1031
        {
            KafkaLog.HandlerFailed(_logger, e, _topic, result.Partition.Value, result.Offset.Value);
        }

        Volatile.Write(ref _records, _records + 1);
    }

    private void TellWhenCaughtUp(Dictionary<int, long> ends)
    {
        if (_caughtUp.Task.IsCompleted || ends.Any(e => _next.GetValueOrDefault(e.Key) < e.Value))
            return;

        if (_caughtUp.TrySetResult())
            KafkaLog.CaughtUp(_logger, _topic, _records);
    }
}
