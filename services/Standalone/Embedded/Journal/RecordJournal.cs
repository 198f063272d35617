using Recommender.Contracts;
using Recommender.Hosting.Kafka;

namespace Recommender.Standalone.Embedded.Journal;

/// <summary>
/// The embedded broker's disk. Records are written in groups: while one group goes to disk the next one gathers, so that many share one
/// flush. Files whose records are all in online state and archive are deleted. Safe for use by many threads.
/// </summary>
internal sealed class RecordJournal : IRecordJournal, IDisposable
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);
    private const int OverheadBytes = 100;

    private readonly JournalSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly JournalFiles _files;
    private readonly JournalTrimmer _trimmer;
    private readonly HashSet<string> _topics;
    private readonly IReadOnlyList<string> _leftoverPaths;
    private readonly object _lock = new();
    private readonly Thread _thread;
    private readonly MemoryStream _frames = new();
    private List<Entry> _queue = [];
    private List<Entry> _writing = [];
    private long _queued;
    private bool _isWriting;
    private bool _isClosed;
    private JournalSegment? _segment;
    private int _number;

    /// <summary>Opens a journal; earlier files become <see cref="Leftover"/>.</summary>
    public RecordJournal(JournalSettings settings, TimeProvider time, ILogger logger)
    {
        (_settings, _time, _logger) = (settings, time, logger);
        Directory.CreateDirectory(settings.Directory);
        _files = new JournalFiles(settings.Directory, settings.Topics, logger);
        _trimmer = new JournalTrimmer(settings, time, logger);
        _topics = [.. settings.Topics];
        var earlier = _files.Find();
        Leftover = [.. earlier.GroupBy(f => f.Log).Select(g => _files.Open(g.Key, [.. g.Select(f => f.Path)]))];
        _leftoverPaths = [.. earlier.Select(f => f.Path)];
        _thread = new Thread(Run) { IsBackground = true, Name = "journal" };
        _thread.Start();
    }

    private readonly record struct Entry(RecordPosition Position, KafkaRecord Record, DateTimeOffset At, Action<Exception?> Done);

    /// <summary>Bytes that wait for the disk, about.</summary>
    public long Queued
    {
        get
        {
            lock (_lock) return _queued;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<LeftoverLog> Leftover { get; private set; }

    /// <inheritdoc/>
    public bool Keeps(in KafkaRecord record) =>
        _topics.Contains(record.Topic) && !(record.Headers?.TryGetLastBytes(CloudEventHeaders.Restored, out _) ?? false);

    /// <inheritdoc/>
    public void Append(in RecordPosition position, in KafkaRecord record, Action<Exception?> done)
    {
        var entry = new Entry(position, record, record.Timestamp ?? _time.GetUtcNow(), done);
        lock (_lock)
        {
            while (_queued > _settings.QueueBytes && !_isClosed) Monitor.Wait(_lock);
            if (!_isClosed)
            {
                _queue.Add(entry);
                _queued += BytesOf(record);
                Monitor.PulseAll(_lock);
                return;
            }
        }
        done(new ObjectDisposedException(nameof(RecordJournal)));
    }

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            lock (_lock)
            {
                while (_queue.Count > 0 || _isWriting) Monitor.Wait(_lock, s_retry);
            }
        },
        cancellationToken);

    /// <inheritdoc/>
    public void OnFinished(string topic, int partition, long next) => _trimmer.OnFinished(topic, partition, next);

    /// <inheritdoc/>
    public async Task DiscardLeftoverAsync(CancellationToken cancellationToken)
    {
        while (!await _settings.SyncState(cancellationToken))
        {
            JournalLog.NotSynced(_logger);
            await Task.Delay(s_retry, _time, cancellationToken);
        }
        foreach (var path in _leftoverPaths) File.Delete(path);
        Leftover = [];
    }

    /// <summary>Writes what was appended and closes the files. They stay: the next start finds out that they are finished, or what of them is not.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = true;
            Monitor.PulseAll(_lock);
        }
        _thread.Join();
        _segment?.Dispose();
        _trimmer.Dispose();
    }

    private void Run()
    {
        while (Gather())
        {
            Write(_writing);
            _writing.Clear();
        }
    }

    /// <summary>Waits for records and takes all that are there; false at the end.</summary>
    private bool Gather()
    {
        lock (_lock)
        {
            _isWriting = false;
            Monitor.PulseAll(_lock);
            while (_queue.Count == 0)
            {
                if (_isClosed) return false;
                Monitor.Wait(_lock);
            }
            (_queue, _writing) = (_writing, _queue);
            JournalMetrics.Queued(_queued);
            _queued = 0;
            _isWriting = true;
            return true;
        }
    }

    private void Write(List<Entry> entries)
    {
        var begin = _time.GetTimestamp();
        var error = TryWrite(entries);
        if (error is null) JournalMetrics.Kept(entries.Count, _time.GetElapsedTime(begin));
        else JournalMetrics.Failed(entries.Count);
        foreach (var entry in entries) entry.Done(error);
        JournalMetrics.Size(_trimmer.Bytes + (_segment?.Bytes ?? 0));
    }

    private Exception? TryWrite(List<Entry> entries)
    {
        try
        {
            _frames.SetLength(0);
            foreach (var entry in entries) JournalFrames.Write(_frames, entry.Position, entry.Record, entry.At);
            _segment ??= JournalSegment.Create(_files.PathOf(_settings.Log, ++_number));
            _segment.Append(_frames.GetBuffer().AsSpan(0, (int)_frames.Length), entries.Select(e => e.Position));
            if (_segment.Bytes >= _settings.SegmentBytes) EndSegment();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            JournalLog.NotWritten(_logger, e.Message);
            // What follows half a record could not be read, so the next group begins a file of its own.
            EndSegment();
            return e;
        }
    }

    private void EndSegment()
    {
        if (_segment is not { } segment) return;
        _segment = null;
        segment.Dispose();
        _trimmer.Add(segment);
    }

    private static int BytesOf(in KafkaRecord record) => OverheadBytes + record.Key.Length + (record.Value?.Length ?? 0);
}
