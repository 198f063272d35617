using Recommender.Hosting.Online;

namespace Recommender.Features.Online;

/// <summary>The values of one kind that the events of a batch are about, once each, by their numbers in <see cref="BatchIds"/>.</summary>
/// <param name="ids">Their ids; nothing is added any more.</param>
/// <typeparam name="TState">The decoded form.</typeparam>
internal sealed class BatchValues<TState>(BatchIds ids) where TState : class, IVersionedState<TState>
{
    private readonly TState[] _states = new TState[ids.Ids.Count];
    private readonly bool[] _isChanged = new bool[ids.Ids.Count];
    private readonly List<int> _missing = [];

    /// <summary>Values.</summary>
    public int Count => _states.Length;

    /// <summary>A value's id.</summary>
    public string IdOf(int number) => ids.Ids[number];

    /// <summary>A value, once it is taken or filled in.</summary>
    public TState this[int number] => _states[number];

    /// <summary>The number of the value that an event is about, by the event's place in the batch.</summary>
    public int NumberOf(int place) => ids.NumberOf(place);

    /// <summary>Notes that a value is to be written.</summary>
    public void Change(int number) => _isChanged[number] = true;

    /// <summary>Takes what is in memory; the ids of what is to be read instead.</summary>
    public string[] TakeFrom(HotValues<TState> hot)
    {
        for (var i = 0; i < _states.Length; i++)
        {
            if (hot.TryTake(IdOf(i), out var state)) _states[i] = state!;
            else _missing.Add(i);
        }
        return [.. _missing.Select(IdOf)];
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
                _states[_missing[i]] = TState.Decode(stored[i]);
            }
            catch (InvalidDataException e)
            {
                (damaged ??= []).Add(new DamagedValue(IdOf(_missing[i]), stored[i], e));
                _states[_missing[i]] = TState.Decode([]);
            }
        }
        return damaged ?? [];
    }

    /// <summary>Leaves the values for later batches, and for being written.</summary>
    public void KeepIn(HotValues<TState> hot)
    {
        for (var i = 0; i < _states.Length; i++)
        {
            if (_isChanged[i]) hot.PutChanged(IdOf(i), _states[i]);
            else hot.Put(IdOf(i), _states[i]);
        }
    }
}
