using System.Collections.Concurrent;
using Microsoft.Extensions.ObjectPool;

namespace Recommender.Serving.Pipeline;

/// <summary>
/// Working memories that no request uses at the moment (some 100 KB each, and two bits a video of the model). A request needs one from when its viewer
/// was read to its end, mostly on one thread, and a thread is given what it used last, which is still in its caches.
/// </summary>
internal sealed class ScratchPool : ObjectPool<QueryScratch>
{
    private const int Most = 256;
    private readonly ConcurrentBag<QueryScratch> _free = [];
    private int _count;

    public override QueryScratch Get()
    {
        if (!_free.TryTake(out var scratch)) return new QueryScratch();
        Interlocked.Decrement(ref _count);
        return scratch;
    }

    public override void Return(QueryScratch obj)
    {
        if (!obj.TryReset()) return;
        if (Interlocked.Increment(ref _count) <= Most) _free.Add(obj);
        else Interlocked.Decrement(ref _count);
    }
}
