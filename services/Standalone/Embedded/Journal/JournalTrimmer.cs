namespace Recommender.Standalone.Embedded.Journal;

/// <summary>
/// Deletes full journal files when everything in them is in online state and archive. The archive's files are on disk by then; Redis is made to write its
/// own first, since it may otherwise step back by a second or two when the machine loses its power.
/// </summary>
internal sealed class JournalTrimmer(JournalSettings settings, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<JournalSegment> _segments = [];
    private readonly Dictionary<(string Topic, int Partition), long> _finished = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _trimming = Task.CompletedTask;
    private long _nextTry;

    /// <summary>Bytes in full files.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock) return _segments.Sum(s => s.Bytes);
        }
    }

    /// <summary>Takes a full file.</summary>
    public void Add(JournalSegment segment)
    {
        lock (_lock) _segments.Add(segment);
    }

    /// <summary>Everything before <paramref name="next"/> is in online state and in files.</summary>
    public void OnFinished(string topic, int partition, long next)
    {
        lock (_lock)
        {
            _finished[(topic, partition)] = next;
            if (!_trimming.IsCompleted || time.GetTimestamp() < _nextTry || _segments.Count == 0) return;
            var covered = _segments.FindAll(s => s.IsCovered(_finished));
            if (covered.Count > 0) _trimming = Task.Run(() => TrimAsync(covered));
        }
    }

    /// <summary>Deletes no more.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        Task trimming;
        lock (_lock) trimming = _trimming;
        trimming.Wait();
        _stop.Dispose();
    }

    private async Task TrimAsync(List<JournalSegment> covered)
    {
        try
        {
            if (!await settings.SyncState(_stop.Token))
            {
                JournalLog.NotSynced(logger);
                Volatile.Write(ref _nextTry, time.GetTimestamp() + time.TimestampFrequency);
                return;
            }
            foreach (var segment in covered) Delete(segment);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The next start deletes them.
        }
    }

    private void Delete(JournalSegment segment)
    {
        try
        {
            File.Delete(segment.Path);
            lock (_lock) _segments.Remove(segment);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            JournalLog.NotDeleted(logger, Path.GetFileName(segment.Path), e.Message);
            Volatile.Write(ref _nextTry, time.GetTimestamp() + time.TimestampFrequency);
        }
    }
}
