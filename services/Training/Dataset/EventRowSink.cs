namespace Recommender.Training.Dataset;

/// <summary>
/// Takes the rows of a file, in blocks that may end anywhere, and adds their events to columns: plain rows at once, others by the general reader. Not
/// safe for concurrent use.
/// </summary>
/// <param name="columns">Receives the events.</param>
/// <param name="cancellationToken">Stops the next block.</param>
internal sealed class EventRowSink(EventColumns columns, CancellationToken cancellationToken) : WriteOnlyStream
{
    private readonly EventLineScanner _scanner = new();
    private readonly EventRowReader _general = new();

    // The beginning of the row in the middle of which the last block ended.
    private byte[] _held = new byte[1024];
    private int _heldBytes;

    /// <summary>What came after the last line end.</summary>
    public ReadOnlySpan<byte> Rest => _held.AsSpan(0, _heldBytes);

    /// <inheritdoc/>
    protected override void Take(ReadOnlySpan<byte> buffer)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_heldBytes > 0)
        {
            var end = buffer.IndexOf((byte)'\n') + 1;
            Hold(end == 0 ? buffer : buffer[..end]);
            if (end == 0) return;
            ReadRows(Rest);
            _heldBytes = 0;
            buffer = buffer[end..];
        }

        Hold(buffer[ReadRows(buffer)..]);
    }

    // The number of bytes up to the end of the last whole row.
    private int ReadRows(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; ;)
        {
            var taken = _scanner.TryAdd(bytes[at..], columns);
            if (taken == 0)
            {
                var end = bytes[at..].IndexOf((byte)'\n');
                if (end < 0) return at;
                if (_general.TryRead(bytes.Slice(at, end))) columns.Add(_general);
                else if (_general.Decision != default) columns.OfAuthors[_general.Decision]++;
                else columns.Unreadable++;
                taken = end + 1;
            }

            at += taken;
        }
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        var length = checked(_heldBytes + bytes.Length);
        if (length > _held.Length) Array.Resize(ref _held, (int)Math.Min(Array.MaxLength, Math.Max(length, 2L * _held.Length)));
        bytes.CopyTo(_held.AsSpan(_heldBytes));
        _heldBytes = length;
    }
}
