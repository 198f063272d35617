using System.Buffers;

namespace Recommender.Modeling.Retrieval;

/// <summary>Items that may be among the best, with their upper bounds. Those that cannot be any more are dropped when it is full.</summary>
internal sealed class Hopefuls(int k) : IDisposable
{
    private ScoredItem[] _items = ArrayPool<ScoredItem>.Shared.Rent(Math.Max(4096, 8 * k));
    private int _count;

    public void Add(ScoredItem item, float threshold)
    {
        if (_count == _items.Length)
        {
            Above(threshold);
            if (_count > _items.Length / 2) Grow();
        }
        _items[_count++] = item;
    }

    public Span<ScoredItem> Above(float threshold)
    {
        var kept = 0;
        for (var i = 0; i < _count; i++)
            if (_items[i].Score >= threshold) _items[kept++] = _items[i];
        _count = kept;
        return _items.AsSpan(0, _count);
    }

    public void Dispose() => ArrayPool<ScoredItem>.Shared.Return(_items);

    private void Grow()
    {
        var larger = ArrayPool<ScoredItem>.Shared.Rent(2 * _items.Length);
        _items.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<ScoredItem>.Shared.Return(_items);
        _items = larger;
    }
}
