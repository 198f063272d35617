using System.Collections;
using System.Runtime.InteropServices;
using Recommender.Features.Online;
using Recommender.Features.State;

namespace Recommender.Features.Consuming;

/// <summary>
/// Events of one partition that are absorbed together, with the viewers and videos that they change and what becomes of each. Wishes to be forgotten come
/// first. Room is kept from batch to batch: arrays as long as these are dear to make anew.
/// </summary>
internal sealed class BatchEvents : IReadOnlyList<FeatureEvent>
{
    private readonly List<FeatureEvent> _events = [];
    private Absorption[] _outcomes = [];
    private float?[] _ratios = [];
    private int _erasures;

    /// <inheritdoc/>
    public int Count => _events.Count;

    /// <summary>The viewers, by the places of the events.</summary>
    public BatchIds Viewers { get; } = new();

    /// <summary>The videos, by the places of the events. That of what is about none is empty.</summary>
    public BatchIds Videos { get; } = new();

    /// <summary>The events.</summary>
    public ReadOnlySpan<FeatureEvent> Span => CollectionsMarshal.AsSpan(_events);

    /// <summary>What each event did, once that is decided.</summary>
    public Span<Absorption> Outcomes => Grown(ref _outcomes);

    /// <summary>The watch ratio of each event, once durations are known; null where there is none.</summary>
    public Span<float?> Ratios => Grown(ref _ratios);

    /// <inheritdoc/>
    public FeatureEvent this[int index] => _events[index];

    /// <summary>Adds an event behind the others, or a wish to be forgotten behind the other wishes.</summary>
    /// <returns>Whether it is the first of its viewer, and the first of its video.</returns>
    public (bool NewViewer, bool NewVideo) Add(in FeatureEvent e)
    {
        var place = e.IsErasure ? _erasures++ : _events.Count;
        _events.Insert(place, e);
        return (Viewers.Insert(place, e.UserId), Videos.Insert(place, e.VideoId));
    }

    /// <summary>Forgets the events.</summary>
    public void Clear()
    {
        _events.Clear();
        Viewers.Clear();
        Videos.Clear();
        _erasures = 0;
    }

    /// <inheritdoc/>
    public IEnumerator<FeatureEvent> GetEnumerator() => _events.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Span<T> Grown<T>(ref T[] array)
    {
        if (array.Length < Count) array = new T[Math.Max(Count, Math.Min(2 * array.Length, Array.MaxLength))];
        return array.AsSpan(0, Count);
    }
}
