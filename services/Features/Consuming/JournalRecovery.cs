using Confluent.Kafka;
using Recommender.Features.Online;
using Recommender.Hosting.Kafka;

namespace Recommender.Features.Consuming;

/// <summary>
/// Absorbs what logs of earlier starts left in the journal, before anything new is read. The records keep their old positions, so the watermarks
/// and the archive know which of them they have already: none counts twice, and none is lost. A crash in the middle repeats it.
/// </summary>
internal sealed class JournalRecovery(
    IRecordJournal journal, SessionServices services, PartitionAbsorber partitions, DurationCache durations, RejectedRecords rejected,
    ILogger<JournalRecovery> logger, ILogger<BatchAbsorber> absorberLogger) : IHostedService
{
    // Not the one of the running log: its pacer counts in another log.
    private readonly BatchAbsorber _absorber = new(
        services.Store, partitions, durations, rejected, NoPacer.Instance, services.Metrics, services.Time, absorberLogger);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        while (journal.Leftover.Count > 0)
        {
            try
            {
                await services.Store.BeginAsync(cancellationToken);
                foreach (var log in journal.Leftover) await AbsorbAsync(log, cancellationToken);
                await journal.DiscardLeftoverAsync(cancellationToken);
            }
            catch (Exception e) when (ConsumerSession.Describe(e) is { } reason)
            {
                ConsumingLog.RecoveryPaused(logger, reason);
                await Task.Delay(services.Options.RetryDelay, services.Time, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task AbsorbAsync(LeftoverLog log, CancellationToken cancellationToken)
    {
        var owned = log.Records.Select(r => new TopicPartition(r.Position.Topic, r.Position.Partition)).Distinct().ToList();
        if (owned.Count == 0) return;
        var assignment = new Assignment(owned, LogIdentity.Fixed(log.Identity), services.Archive, services.Options.HotBytes);
        try
        {
            await assignment.RewindAsync(services.Store, cancellationToken);
            var absorbed = 0L;
            var batch = _absorber.Begin(assignment);
            foreach (var record in log.Records)
            {
                if (record.Position.Offset < assignment.Find(record.Position)!.ReadNext) continue;
                absorbed++;
                batch.Add(record);
                if (!batch.IsFull(services.Options)) continue;
                await AbsorbAsync(assignment, batch, cancellationToken);
                batch = _absorber.Begin(assignment);
            }
            await AbsorbAsync(assignment, batch, cancellationToken);
            if (!await services.Archive.FlushAsync(services.StopTimeout)) throw new ArchiveFullException();
            // Whoever has written to a Redis that was replaced in the meantime has written nothing.
            await services.Store.CheckAsync(cancellationToken);
            if (absorbed > 0) ConsumingLog.Recovered(logger, absorbed, log.Identity);
        }
        finally
        {
            services.Archive.Close(assignment.Logs.Select(l => l.Archive));
        }
    }

    private async Task AbsorbAsync(Assignment assignment, RecordBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return;
        await _absorber.AbsorbAsync(batch, settles: true, cancellationToken);
        _absorber.Finish(batch);
        await _absorber.SettleAsync(assignment, cancellationToken);
        if (services.Archive.IsFull && !await services.Archive.FlushAsync(services.StopTimeout)) throw new ArchiveFullException();
    }
}
