using System.Collections.Concurrent;
using Recommender.Modeling.Retrieval;

namespace Recommender.Serving.Model;

/// <summary>Remembers the neighbours of videos that were asked for, in bounded memory (8 MiB): when it is full it begins anew.</summary>
internal sealed class NeighbourCache
{
    private const int Capacity = 4096;
    private ConcurrentDictionary<int, ScoredItem[]> _lists = new();
    private int _count;

    /// <summary>The neighbours of a video, if they are remembered.</summary>
    public ScoredItem[]? Get(int item) => Volatile.Read(ref _lists).GetValueOrDefault(item);

    /// <summary>Remembers the neighbours of a video.</summary>
    /// <returns>What was given.</returns>
    public ScoredItem[] Put(int item, ScoredItem[] neighbours)
    {
        // ConcurrentDictionary.Count takes all of its locks, so the count is kept beside it; being off by a few does no harm.
        if (Interlocked.Increment(ref _count) > Capacity)
        {
            Volatile.Write(ref _lists, new ConcurrentDictionary<int, ScoredItem[]>());
            Volatile.Write(ref _count, 1);
        }
        Volatile.Read(ref _lists)[item] = neighbours;
        return neighbours;
    }
}
