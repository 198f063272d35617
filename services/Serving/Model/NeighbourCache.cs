using System.Collections.Concurrent;
using Recommender.Modeling.Retrieval;

namespace Recommender.Serving.Model;

/// <summary>Remembers the neighbours of videos that were asked for, in bounded memory (16 MiB of neighbours): when it is full it begins anew.</summary>
internal sealed class NeighbourCache
{
    private const int Capacity = 1 << 21;
    private ConcurrentDictionary<int, ScoredItem[]> _lists = new();
    private int _neighbours;

    /// <summary>The neighbours of a video, if they are remembered.</summary>
    public ScoredItem[]? Get(int item) => Volatile.Read(ref _lists).GetValueOrDefault(item);

    /// <summary>Remembers the neighbours of a video.</summary>
    /// <returns>What was given.</returns>
    public ScoredItem[] Put(int item, ScoredItem[] neighbours)
    {
        // What replaces a shorter list is counted beside it, so the bound is met a little early; it is never exceeded by more than the calls under way.
        if (Interlocked.Add(ref _neighbours, neighbours.Length) > Capacity)
        {
            Volatile.Write(ref _lists, new ConcurrentDictionary<int, ScoredItem[]>());
            Volatile.Write(ref _neighbours, neighbours.Length);
        }
        Volatile.Read(ref _lists)[item] = neighbours;
        return neighbours;
    }
}
