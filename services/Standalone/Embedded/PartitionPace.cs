namespace Recommender.Standalone.Embedded;

/// <summary>What of one partition is on its way or not yet absorbed, and who waits for that to shrink. Waiters go in order.</summary>
internal sealed class PartitionPace(long maxBytes, int maxRecords, PacerMetrics metrics, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<(long Offset, int Bytes)> _unabsorbed = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private readonly List<(long Next, TaskCompletionSource Settled)> _unsettled = [];
    private long _bytes;
    private int _records;
    private int _onTheirWay;
    private long _delivered;
    private long _absorbed;

    /// <summary>Bytes on their way or not yet absorbed.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _bytes;
        }
    }

    /// <summary>Reserves room for a record; false when there was none in time.</summary>
    public ValueTask<bool> ReserveAsync(int bytes, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_lock)
        {
            if (_waiters.Count == 0 && TryReserve(bytes))
                return ValueTask.FromResult(true);

            waiter = new Waiter(bytes);
            _waiters.AddLast(waiter.Node);
        }

        metrics.Waited();

        return new ValueTask<bool>(WaitAsync(waiter, timeout, cancellationToken));
    }

    /// <summary>A record is in the log.</summary>
    public void Delivered(long offset, int bytes)
    {
        lock (_lock)
        {
            _delivered = Math.Max(_delivered, offset + 1);
            Settle();
            // The reader may have been quicker than the acknowledgement.
            if (offset < _absorbed)
                Release(bytes);
            else
                _unabsorbed.Enqueue((offset, bytes));
        }
    }

    /// <summary>A record did not get into the log.</summary>
    public void Failed(int bytes)
    {
        lock (_lock)
        {
            Settle();
            Release(bytes);
        }
    }

    /// <summary>Waits until no record that is before an offset is on its way. Records of other processes are in the log and were never on their way.</summary>
    public ValueTask WhenSettledAsync(long next, CancellationToken cancellationToken)
    {
        TaskCompletionSource settled;
        lock (_lock)
        {
            if (IsSettled(next))
                return ValueTask.CompletedTask;

            settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _unsettled.Add((next, settled));
        }

        return new ValueTask(settled.Task.WaitAsync(cancellationToken));
    }

    /// <summary>Everything before an offset was absorbed.</summary>
    public void Absorbed(long nextOffset)
    {
        lock (_lock)
        {
            _absorbed = Math.Max(_absorbed, nextOffset);
            while (_unabsorbed.TryPeek(out var oldest) && oldest.Offset < _absorbed)
                Release(_unabsorbed.Dequeue().Bytes);
        }
    }

    private async Task<bool> WaitAsync(Waiter waiter, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Admitted.Task.WaitAsync(timeout, time, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            lock (_lock)
            {
                if (waiter.Node.List is null)
                    return true; // Admitted at the last moment; the room is reserved and will be used.

                _waiters.Remove(waiter.Node);
                Admit();
            }

            if (e is OperationCanceledException)
                throw;

            return false;
        }
    }

    private bool TryReserve(int bytes)
    {
        // A single record that is larger than the bound may go when it is alone.
        if (_records > 0 && (_bytes + bytes > maxBytes || _records >= maxRecords))
            return false;

        _bytes += bytes;
        _records++;
        _onTheirWay++;
        metrics.Reserved(bytes);
        return true;
    }

    /// <summary>Deliveries come in the order of the offsets, so one behind the place tells of all before it.</summary>
    private bool IsSettled(long next) => _onTheirWay == 0 || _delivered >= next;

    /// <summary>One record less is on its way.</summary>
    private void Settle()
    {
        _onTheirWay--;
        for (var i = _unsettled.Count - 1; i >= 0; i--)
        {
            if (!IsSettled(_unsettled[i].Next))
                continue;

            _unsettled[i].Settled.SetResult();
            _unsettled.RemoveAt(i);
        }
    }

    private void Release(int bytes)
    {
        _bytes -= bytes;
        _records--;
        metrics.Released(bytes);
        Admit();
    }

    private void Admit()
    {
        while (_waiters.First is { } first && TryReserve(first.Value.Bytes))
        {
            _waiters.RemoveFirst();
            first.Value.Admitted.SetResult();
        }
    }

    private sealed class Waiter
    {
        public Waiter(int bytes)
        {
            Bytes = bytes;
            Node = new LinkedListNode<Waiter>(this);
        }

        public int Bytes { get; }

        public LinkedListNode<Waiter> Node { get; }

        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
