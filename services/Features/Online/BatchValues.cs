using System.Runtime.InteropServices;
using Recommender.Features.State;
using Recommender.Hosting.Online;

namespace Recommender.Features.Online;

/// <summary>The values of one kind that the events of a batch change, once each.</summary>
/// <typeparam name="TState">The decoded form.</typeparam>
internal sealed class BatchValues<TState> where TState : class, IVersionedState<TState>
{
    private readonly List<TrackedValue<TState>> _values = [];
    private readonly List<TrackedValue<TState>> _missing = [];
    private readonly int[] _placeOf;

    /// <summary>Finds the values of events.</summary>
    public BatchValues(IReadOnlyList<FeatureEvent> events, Func<FeatureEvent, string> id)
    {
        var places = new Dictionary<string, int>(events.Count, StringComparer.Ordinal);
        _placeOf = new int[events.Count];
        for (var i = 0; i < _placeOf.Length; i++)
        {
            var name = id(events[i]);
            ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, name, out var known);
            if (!known)
            {
                place = _values.Count;
                _values.Add(new TrackedValue<TState>(name, place));
            }
            _placeOf[i] = place;
        }
    }

    /// <summary>The values.</summary>
    public IReadOnlyList<TrackedValue<TState>> All => _values;

    /// <summary>The value of an event, by the event's place in the batch.</summary>
    public TrackedValue<TState> Of(int place) => _values[_placeOf[place]];

    /// <summary>The places of a value's events in the batch, in the order of the log.</summary>
    public IEnumerable<int> EventsOf(TrackedValue<TState> value)
    {
        for (var i = 0; i < _placeOf.Length; i++)
            if (_placeOf[i] == value.Place) yield return i;
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
}
