using Recommender.Hosting.Online;

namespace Recommender.Features.Online;

/// <summary>A value of the store while a batch changes it.</summary>
/// <param name="id">The viewer or video.</param>
/// <param name="place">Its place among the values of the batch.</param>
/// <typeparam name="TState">Its decoded form.</typeparam>
internal sealed class TrackedValue<TState>(string id, int place) where TState : class, IVersionedState<TState>
{
    /// <summary>The viewer or video.</summary>
    public string Id { get; } = id;

    /// <summary>Its place among the values of the batch.</summary>
    public int Place { get; } = place;

    /// <summary>The decoded form.</summary>
    public TState State { get; private set; } = null!;

    /// <summary>The version that is stored as far as is known; 0 for nothing.</summary>
    public ulong StoredVersion { get; private set; }

    /// <summary>Whether there is something to write.</summary>
    public bool IsChanged { get; set; }

    /// <summary>Takes a state as it is stored.</summary>
    public void Take(TState state)
    {
        State = state;
        StoredVersion = state.Version;
        IsChanged = false;
    }

    /// <summary>Takes what is stored by now.</summary>
    /// <exception cref="UnreadableValueException">It can't be read.</exception>
    /// <exception cref="StateLostException">It is a viewer's and damaged: who reads it next begins it anew.</exception>
    public void Take(byte[] stored)
    {
        try
        {
            Take(TState.Decode(stored));
        }
        catch (InvalidDataException e)
        {
            if (typeof(TState) == typeof(ViewerState) && !ViewerState.IsOfLaterLayout(stored)) throw new StateLostException("a viewer's state was damaged after it was read", e);
            throw UnreadableValueException.Of<TState>(Id, e);
        }
    }

    /// <summary>The write that replaces what is stored.</summary>
    public ValueWrite ToWrite()
    {
        State.Version = StoredVersion + 1;
        return new ValueWrite(Id, StoredVersion, State.Encode());
    }

    /// <summary>The write took effect.</summary>
    public void Written()
    {
        StoredVersion = State.Version;
        IsChanged = false;
    }
}
