using Recommender.Hosting.Archive;

namespace Recommender.Features.Archiving;

/// <summary>
/// Writes the log, as it is, into files that never change: the offline store. The names of the files say which offsets they hold, so the
/// archive itself knows where to go on. Used by the consuming thread alone; files are written in the background.
/// </summary>
internal sealed class EventArchive(
    ArchiveSpool spool, ArchiveOptions options, FeaturesOptions features, FeatureMetrics metrics, TimeProvider time, ILogger<EventArchive> logger)
    : IDisposable
{
    private readonly CancellationTokenSource _giveUp = new();
    private readonly List<PartitionArchive> _open = [];
    private int _failing;

    /// <summary>Whether files could not be written lately.</summary>
    public bool IsFailing => Volatile.Read(ref _failing) > 0;

    /// <summary>Whether nothing more may be added until some of it is in files.</summary>
    public bool IsFull => _open.Sum(p => p.Bytes) >= options.BufferBytes;

    /// <summary>What is archived already.</summary>
    /// <exception cref="IOException">The archive can't be listed.</exception>
    public ArchiveCatalog Load() => spool.Load();

    /// <summary>Goes on behind <paramref name="next"/>.</summary>
    public PartitionArchive Open(string log, string type, int partition, long next)
    {
        var archive = new PartitionArchive(log, type, partition, next);
        _open.Add(archive);
        return archive;
    }

    /// <summary>Forgets partitions that belong to somebody else now. What is not in files yet, the new owner reads again.</summary>
    public void Close(IEnumerable<PartitionArchive> partitions)
    {
        foreach (var partition in partitions) _open.Remove(partition);
    }

    /// <summary>Begins to write what is old or large enough, and all there is when it takes half of the memory that it may: reading goes on meanwhile.</summary>
    public void FlushDue()
    {
        var isMuch = _open.Sum(p => p.PendingBytes) >= options.BufferBytes / 2;
        foreach (var partition in _open)
        {
            var isDue = isMuch
                || partition.Pending >= options.FlushEvents
                || (partition.Pending > 0 && time.GetElapsedTime(partition.FirstAt) >= options.FlushInterval);
            if (isDue) partition.Cut(WriteAsync);
        }
        metrics.Buffered(_open.Sum(p => p.Bytes));
    }

    /// <summary>Writes all there is; false when that took too long. It goes on in the background then.</summary>
    public async Task<bool> FlushAsync(TimeSpan timeout)
    {
        foreach (var partition in _open) partition.Cut(WriteAsync);
        try
        {
            await Task.WhenAll(_open.Select(p => p.Written)).WaitAsync(timeout, time);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>
    /// Waits until what was written is where others see it; false when that took too long. Whoever owns the partitions next goes on where the archive
    /// ends, and what is not there by then is archived twice and counts once.
    /// </summary>
    public Task<bool> SendAsync(TimeSpan timeout) => spool.DrainAsync(timeout, CancellationToken.None);

    public void Dispose()
    {
        _giveUp.Cancel();
        _giveUp.Dispose();
    }

    private async Task WriteAsync(ArchiveSegment segment)
    {
        var giveUp = _giveUp.Token;
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                if (spool.IsFull) throw new IOException("so many finished files wait to be sent that no more are written");
                var files = await Task.Run(() => segment.WriteAsync(spool.Root, giveUp), giveUp);
                spool.Wake();
                metrics.Archived(segment.Type, files, segment.Rows.Count);
                ArchivingLog.Written(logger, segment.Type, segment.Partition, segment.From, segment.To, files);
                if (!isFirst) Interlocked.Decrement(ref _failing);
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                ArchivingLog.Failed(logger, segment.Type, segment.Partition, e.Message);
                if (isFirst) Interlocked.Increment(ref _failing);
            }
            await Task.Delay(features.RetryDelay, time, giveUp);
        }
    }
}

internal static partial class ArchivingLog
{
    [LoggerMessage(EventId = 4301, EventName = "ArchiveWritten", Level = LogLevel.Debug, Message = "Archived {Type}[{Partition}] offsets {From} to {To} in {Files} files")]
    public static partial void Written(ILogger logger, string type, int partition, long from, long to, int files);

    [LoggerMessage(EventId = 4302, EventName = "ArchiveFailed", Level = LogLevel.Error, Message = "The archive of {Type}[{Partition}] cannot be written, trying again: {Reason}")]
    public static partial void Failed(ILogger logger, string type, int partition, string reason);
}
