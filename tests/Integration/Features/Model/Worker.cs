using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Features;
using Recommender.Features.Archiving;
using Recommender.Features.Consuming;
using Recommender.Features.Online;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Objects;
using Recommender.Hosting.Online;

namespace Recommender.Tests.Integration.Features.Model;

/// <summary>One life of the feature service: the real parts between broker, Redis and archive, without the group, whose part the schedule plays.</summary>
internal sealed class Worker(RealLog log, DyingStore store, string archivePath) : IDisposable
{
    private static readonly FeaturesOptions s_options = new();
    private readonly EventArchive _archive = new(
        Spool(archivePath), new ArchiveOptions(), s_options, new FeatureMetrics(), TimeProvider.System, NullLogger<EventArchive>.Instance);

    private static ArchiveSpool Spool(string folder)
    {
        var (storage, objects) = (new StorageOptions { ArchivePath = folder }, new ObjectStoreOptions());
#pragma warning disable CA2000 // Without a bucket there is nothing to dispose of.
        var stores = new ObjectStores(storage, objects, TimeProvider.System);
#pragma warning restore CA2000
        return new ArchiveSpool(storage, stores, objects, s_options, new FeatureMetrics(), TimeProvider.System, NullLogger<ArchiveSpool>.Instance);
    }

    /// <summary>Absorbs everything to the ends of the logs, or dies.</summary>
    /// <param name="batch">Records absorbed together at most.</param>
    /// <param name="fromTheBeginning">Read everything again.</param>
    public async Task RunAsync(int batch, bool fromTheBeginning = false)
    {
        using var consumer = log.Consume();
        while (true)
        {
            try
            {
                await LiveAsync(consumer, batch, fromTheBeginning);
                return;
            }
            catch (Exception e) when (e is StateLostException or LostWriteException)
            {
                // Once more from the watermarks, as the service does.
            }
            catch (KilledException)
            {
                return;
            }
        }
    }

    public void Dispose() => _archive.Dispose();

    private async Task LiveAsync(IConsumer<byte[]?, byte[]?> consumer, int batch, bool fromTheBeginning)
    {
        var partitions = log.Ends.Keys.Select(k => new TopicPartition(k.Topic, k.Partition)).ToList();
        if (partitions.Count == 0) return;
        var metrics = new FeatureMetrics();
        var durations = new DurationCache(store, s_options, TimeProvider.System);
        var absorber = new BatchAbsorber(
            store, new PartitionAbsorber(store, durations, new ViewerLimits(), metrics, NullLogger<PartitionAbsorber>.Instance), durations,
            new RejectedRecords(log.Producer, metrics, TimeProvider.System, NullLogger<RejectedRecords>.Instance), NoPacer.Instance, metrics, TimeProvider.System,
            NullLogger<BatchAbsorber>.Instance);
        var assignment = new Assignment(partitions, LogIdentity.Fixed(RealLog.Identity), _archive, s_options.HotBytes);
        try
        {
            await store.BeginAsync(CancellationToken.None);
            await assignment.RewindAsync(store, CancellationToken.None);
            if (fromTheBeginning)
                foreach (var l in assignment.Logs) l.SetBack(0);
            consumer.Assign(assignment.Positions);
            RecordBatch? absorbed = null;
            var absorbing = Task.CompletedTask;
            for (var i = 0; assignment.Logs.Any(l => l.ReadNext < log.Ends[(l.Topic, l.Partition)]); i++)
            {
                var records = absorber.Begin(assignment);
                Collect(consumer, batch, records); // while the ones before are being absorbed
                await FinishAsync();
                (absorbed, absorbing) = (records, absorber.AbsorbAsync(records, settles: i % 4 == 1, CancellationToken.None));
                if (i % 3 != 0) continue;
                await FinishAsync();
                await absorber.SettleAsync(assignment, CancellationToken.None);
            }
            await FinishAsync();
            await absorber.SettleAsync(assignment, CancellationToken.None);
            Assert.True(await _archive.FlushAsync(TimeSpan.FromMinutes(2)));
            // Whoever wrote to a server that went back in time afterwards has to do it again.
            await store.CheckAsync(CancellationToken.None);

            async Task FinishAsync()
            {
                await absorbing;
                if (absorbed is not null) absorber.Finish(absorbed);
                absorbed = null;
            }
        }
        catch (LostWriteException)
        {
            // What others hold of it is read again; the other partitions are written, as the service does.
            await absorber.SettleAsync(assignment, CancellationToken.None);
            throw;
        }
        finally
        {
            consumer.Unassign();
            _archive.Close(assignment.Logs.Select(l => l.Archive));
        }
    }

    private static void Collect(IConsumer<byte[]?, byte[]?> consumer, int batch, RecordBatch records)
    {
        for (var r = consumer.Consume(TimeSpan.FromMinutes(2)); r is not null; r = records.Count < batch ? consumer.Consume(TimeSpan.Zero) : null)
        {
            records.Add(new TopicRecord(
                new RecordPosition(r.Topic, r.Partition.Value, r.Offset.Value), r.Message.Key ?? [], r.Message.Value, [],
                DateTimeOffset.FromUnixTimeMilliseconds(r.Message.Timestamp.UnixTimestampMs)));
        }
        Assert.NotEqual(0, records.Count);
    }
}
