using Recommender.Hosting.Online;

namespace Recommender.Features.Online;

/// <summary>The values of one kind that the events of a batch change, once each.</summary>
/// <typeparam name="TState">The decoded form.</typeparam>
internal sealed class BatchValues<TState> where TState : class, IVersionedState<TState>
{
    private readonly TrackedValue<TState>[] _values;
    private readonly List<TrackedValue<TState>> _missing = [];
    private readonly BatchIds _ids;

    // The first event of each value and, for each event, the next one of the same value; made when somebody asks, which is seldom.
    private (int[] First, int[] Next)? _chains;

    /// <summary>Finds the values of events.</summary>
    /// <param name="ids">Their ids; nothing is added any more.</param>
    public BatchValues(BatchIds ids)
    {
        _ids = ids;
        _values = new TrackedValue<TState>[ids.Ids.Count];
        for (var i = 0; i < _values.Length; i++) _values[i] = new TrackedValue<TState>(ids.Ids[i], i);
    }

    /// <summary>The values.</summary>
    public IReadOnlyList<TrackedValue<TState>> All => _values;

    /// <summary>The value of an event, by the event's place in the batch.</summary>
    public TrackedValue<TState> Of(int place) => _values[_ids.NumberOf(place)];

    /// <summary>The places of a value's events in the batch, in the order of the log.</summary>
    public IEnumerable<int> EventsOf(TrackedValue<TState> value)
    {
        var (first, next) = _chains ??= MakeChains();
        for (var i = first[value.Place]; i >= 0; i = next[i]) yield return i;
    }

    /// <summary>Takes what is in memory; the ids of what is to be read instead.</summary>
    public string[] TakeFrom(HotValues<TState> hot)
    {
        foreach (var value in _values)
        {
            if (hot.TryTake(value.Id, out var state)) value.Take(state!);
            else _missing.Add(value);
        }
        return [.. _missing.Select(v => v.Id)];
    }

    /// <summary>Takes what was read, in the order of the ids that were asked for. What can't be read is taken as not stored.</summary>
    /// <returns>What can't be read.</returns>
    public IReadOnlyList<DamagedValue> Fill(byte[][] stored)
    {
        List<DamagedValue>? damaged = null;
        for (var i = 0; i < stored.Length; i++)
        {
            try
            {
                _missing[i].Take(TState.Decode(stored[i]));
            }
            catch (InvalidDataException e)
            {
                (damaged ??= []).Add(new DamagedValue(_missing[i].Id, stored[i], e));
                _missing[i].Take(TState.Decode([]));
            }
        }
        return damaged ?? [];
    }

    /// <summary>Leaves the values, which are stored by now, for later batches.</summary>
    public void KeepIn(HotValues<TState> hot)
    {
        foreach (var value in _values) hot.Put(value.Id, value.State);
    }

    private (int[] First, int[] Next) MakeChains()
    {
        var (first, next) = (new int[_values.Length], new int[_ids.Events]);
        Array.Fill(first, -1);
        for (var i = next.Length - 1; i >= 0; i--)
        {
            var value = _ids.NumberOf(i);
            (next[i], first[value]) = (first[value], i);
        }
        return (first, next);
    }
}
