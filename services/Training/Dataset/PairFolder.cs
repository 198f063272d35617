using Recommender.Modeling.Weights;

namespace Recommender.Training.Dataset;

/// <summary>What a viewer's events with one video come to.</summary>
/// <param name="Video">Video number.</param>
/// <param name="Confidence">Above zero: a positive; below: a negative.</param>
/// <param name="LastAtMs">Time of the newest of these events, Unix milliseconds.</param>
internal readonly record struct PairConfidence(int Video, float Confidence, long LastAtMs);

/// <summary>Turns events of one viewer into one confidence per video. Not safe for concurrent use.</summary>
internal sealed class PairFolder(EventDataset data, InteractionWeights weights)
{
    private long[] _keys = [];
    private PairConfidence[] _pairs = [];

    /// <summary>One entry per video among the events, by ascending video number. Valid until the next call.</summary>
    public ReadOnlySpan<PairConfidence> Fold(EventSpan events)
    {
        if (_keys.Length < events.Length) (_keys, _pairs) = (new long[events.Length * 2], new PairConfidence[events.Length * 2]);
        var keys = _keys.AsSpan(0, events.Length);
        for (var i = 0; i < keys.Length; i++) keys[i] = ((long)events.Videos[i] << 32) | (uint)i;
        keys.Sort();
        var count = 0;
        for (var i = 0; i < keys.Length;)
        {
            var video = (int)(keys[i] >> 32);
            var signals = new PairSignals();
            var last = 0;
            for (; i < keys.Length && (int)(keys[i] >> 32) == video; i++)
            {
                last = (int)(uint)keys[i];
                signals.Add(events.SignalAt(last), events.WatchSeconds[last], data.Durations[video], weights);
            }
            _pairs[count++] = new PairConfidence(video, weights.ConfidenceOf(signals), events.Times[last]);
        }
        return _pairs.AsSpan(0, count);
    }
}
