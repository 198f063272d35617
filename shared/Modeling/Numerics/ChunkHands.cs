namespace Recommender.Modeling.Numerics;

/// <summary>
/// Chunks 0 to n - 1 dealt out to workers in turn. Each worker takes its own from the front; one with an empty hand steals the later half of
/// the fullest. Lock-free: a hand is two numbers in one word, and as no chunk ever comes back, a word never has an earlier value again.
/// </summary>
internal sealed class ChunkHands
{
    // Hands lie a cache line apart.
    private const int Apart = 8;

    private readonly int _workers;
    private readonly int _least;
    private readonly int _fuller;
    private readonly long[] _hands;

    public ChunkHands(int chunks, int workers)
    {
        (_workers, _hands) = (workers, new long[workers * Apart]);
        (_least, _fuller) = workers == 0 ? (0, 0) : (chunks / workers, chunks % workers);
        for (var (worker, place) = (0, 0); worker < workers; worker++)
        {
            var end = place + _least + (worker < _fuller ? 1 : 0);
            _hands[worker * Apart] = Pack(place, end);
            place = end;
        }
    }

    /// <summary>A chunk for the worker; false when none is left anywhere.</summary>
    public bool TryTake(int worker, out int chunk)
    {
        ref var own = ref _hands[worker * Apart];
        while (true)
        {
            var (next, end) = Unpack(Volatile.Read(ref own));
            if (next < end)
            {
                chunk = ChunkAt(next);
                if (Interlocked.CompareExchange(ref own, Pack(next + 1, end), Pack(next, end)) == Pack(next, end)) return true;
            }
            else if (!TrySteal(ref own))
            {
                chunk = -1;
                return false;
            }
        }
    }

    private bool TrySteal(ref long own)
    {
        while (true)
        {
            var (fullest, most) = (0, 0);
            for (var worker = 0; worker < _workers; worker++)
            {
                var (from, to) = Unpack(Volatile.Read(ref _hands[worker * Apart]));
                if (to - from > most) (fullest, most) = (worker, to - from);
            }

            if (most == 0) return false;
            ref var other = ref _hands[fullest * Apart];
            var seen = Volatile.Read(ref other);
            var (next, end) = Unpack(seen);
            if (next == end) continue;
            var middle = next + ((end - next) / 2);
            if (Interlocked.CompareExchange(ref other, Pack(next, middle), seen) != seen) continue;
            Volatile.Write(ref own, Pack(middle, end));
            return true;
        }
    }

    // Places 0, 1, 2 ... are the first worker's hand, then the second's; a hand holds every workers-th chunk.
    private int ChunkAt(int place)
    {
        var inFuller = _fuller * (_least + 1);
        if (place < inFuller) return (place / (_least + 1)) + (place % (_least + 1) * _workers);
        var rest = place - inFuller;
        return _fuller + (rest / _least) + (rest % _least * _workers);
    }

    private static long Pack(int next, int end) => ((long)next << 32) | (uint)end;

    private static (int Next, int End) Unpack(long hand) => ((int)(hand >> 32), (int)hand);
}
