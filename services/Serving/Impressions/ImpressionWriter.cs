using Recommender.Hosting.Kafka;

namespace Recommender.Serving.Impressions;

/// <summary>
/// Writes impressions to Kafka behind the answers. While Kafka is out of reach it holds on to what it has and the queue fills up; what fits
/// into neither is lost and counted: impressions are worth less than answers.
/// </summary>
internal sealed class ImpressionWriter(
    ImpressionQueue queue, IRecordProducer producer, KafkaOptions kafka, ServingMetrics metrics, TimeProvider time, ILogger<ImpressionWriter> logger) : BackgroundService
{
    private const int MaxBatch = 2000;
    private bool _isFailing;
    private volatile bool _isStopping;

    /// <summary>Lets the writer empty the queue, for as long as the host allows.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        queue.Complete();
        if (ExecuteTask is { } writing) await writing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var records = new List<KafkaRecord>();
        while (await queue.Answers.WaitToReadAsync(stoppingToken))
        {
            while (records.Count < MaxBatch && queue.Answers.TryRead(out var answer)) ImpressionRecords.AddTo(records, answer);
            await WriteAsync(records, stoppingToken);
            records.Clear();
        }
    }

    /// <summary>Writes all records; those that Kafka did not take now are tried until it does, or until the writer has to stop.</summary>
    private async Task WriteAsync(List<KafkaRecord> records, CancellationToken stoppingToken)
    {
        while (true)
        {
            var outcomes = await producer.SendBatchAsync(records, stoppingToken);
            var kept = 0;
            var (written, refused) = (0, 0);
            for (var i = 0; i < outcomes.Length; i++)
            {
                if (outcomes[i].IsDurable) written++;
                else if (outcomes[i].Error is RecordRejectedException) refused++;
                else records[kept++] = records[i];
            }
            records.RemoveRange(kept, records.Count - kept);
            if (written > 0) metrics.ImpressionsWritten(written);
            if (refused > 0) metrics.ImpressionsDropped("refused", refused);
            Tell(isFailing: kept > 0);
            if (kept == 0) return;
            if (_isStopping)
            {
                metrics.ImpressionsDropped("stopping", kept);
                return;
            }
            await Task.Delay(kafka.RetryDelay, time, stoppingToken);
        }
    }

    private void Tell(bool isFailing)
    {
        if (isFailing && !_isFailing) ImpressionLog.Waiting(logger);
        if (!isFailing && _isFailing) ImpressionLog.Flowing(logger);
        _isFailing = isFailing;
    }
}

internal static partial class ImpressionLog
{
    [LoggerMessage(EventId = 7501, EventName = "ImpressionsWait", Level = LogLevel.Warning, Message = "Impressions can't be written now; they wait in a bounded queue")]
    public static partial void Waiting(ILogger logger);

    [LoggerMessage(EventId = 7502, EventName = "ImpressionsFlow", Level = LogLevel.Information, Message = "Impressions are written again")]
    public static partial void Flowing(ILogger logger);
}
