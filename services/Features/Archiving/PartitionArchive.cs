namespace Recommender.Features.Archiving;

/// <summary>
/// The end of one partition's archive: records that are not in a file yet. Used by the consuming thread alone, except for
/// <see cref="Durable"/> and <see cref="Bytes"/>, which the writing of files changes.
/// </summary>
internal sealed class PartitionArchive
{
    // Rows wait for seconds. As objects of their own they would outlive some collections of garbage each, which is what those cost most for.
    private const int BlockBytes = 16 * 1024;

    private readonly string _log;
    private readonly string _type;
    private readonly int _partition;
    private List<ArchiveRow> _rows = [];
    private Memory<byte> _block;
    private DateOnly _lastDay;
    private long _from;
    private long _firstAt;
    private long _durable;
    private long _bytes;

    /// <summary>Continues an archive that has everything before <paramref name="next"/>.</summary>
    public PartitionArchive(string log, string type, int partition, long next)
    {
        _log = log;
        _type = type;
        _partition = partition;
        _from = Next = _durable = next;
    }

    /// <summary>The next offset to archive.</summary>
    public long Next { get; private set; }

    /// <summary>Everything before this offset is in files.</summary>
    public long Durable => Volatile.Read(ref _durable);

    /// <summary>Bytes that are not in files yet.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Offsets that are not on their way to a file yet.</summary>
    public long Pending => Next - _from;

    /// <summary>Bytes of their rows.</summary>
    public long PendingBytes { get; private set; }

    /// <summary>Ends when all that was cut off is in files.</summary>
    public Task Written { get; private set; } = Task.CompletedTask;

    /// <summary>When the oldest pending record came, as a time stamp of the clock.</summary>
    public long FirstAt => _firstAt;

    /// <summary>Copies a row to where it may wait for <see cref="Append"/>, together with others.</summary>
    /// <param name="row">The row.</param>
    public ReadOnlyMemory<byte> Hold(ReadOnlySpan<byte> row)
    {
        if (row.Length > BlockBytes / 4) return row.ToArray();
        if (row.Length > _block.Length) _block = GC.AllocateUninitializedArray<byte>(BlockBytes);
        var held = _block[..row.Length];
        _block = _block[row.Length..];
        row.CopyTo(held.Span);
        return held;
    }

    /// <summary>Adds a record.</summary>
    /// <param name="offset">Its offset, at least <see cref="Next"/>. What lies between does not exist.</param>
    /// <param name="row">Its row, which is never changed afterwards; null when it is to leave none.</param>
    /// <param name="day">Its day.</param>
    /// <param name="now">A time stamp of the clock.</param>
    public void Append(long offset, ReadOnlyMemory<byte>? row, DateOnly day, long now)
    {
        if (Pending == 0) _firstAt = now;
        Next = offset + 1;
        _lastDay = day;
        if (row is not { } bytes) return;
        _rows.Add(new ArchiveRow(day, bytes));
        PendingBytes += bytes.Length;
        Interlocked.Add(ref _bytes, bytes.Length);
    }

    /// <summary>Cuts off what is pending and has it written behind what was cut off before.</summary>
    /// <param name="write">Writes a segment, however often that takes; throws only when it was given up.</param>
    public void Cut(Func<ArchiveSegment, Task> write)
    {
        if (Pending == 0) return;
        var segment = new ArchiveSegment(_log, _type, _partition, _from, Next - 1, _rows, _lastDay);
        (_from, _rows, PendingBytes) = (Next, [], 0);
        Written = WriteAfterAsync(Written, segment, write);
    }

    private async Task WriteAfterAsync(Task before, ArchiveSegment segment, Func<ArchiveSegment, Task> write)
    {
        await before;
        await write(segment);
        Volatile.Write(ref _durable, segment.To + 1);
        Interlocked.Add(ref _bytes, -segment.Rows.Sum(r => (long)r.Json.Length));
    }
}
