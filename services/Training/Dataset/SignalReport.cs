using System.Globalization;
using System.Text;
using Recommender.Contracts.Json;
using Recommender.Modeling.Weights;
using Recommender.V1;

namespace Recommender.Training.Dataset;

/// <summary>
/// How each signal is spread over viewers and videos, for whoever wants to judge whether the data can be trusted:
/// <c>watch_seconds</c> and <c>watch_ratio</c> (views of videos of known duration), <c>confidence</c> (of viewer and video pairs that are
/// liked or watched), <c>dislike</c> (how much disliked pairs count, where there are any), <c>events_per_viewer</c>, <c>events_per_video</c>, and for
/// each type of event <c>{type}_per_viewer</c> over the viewers with any.
/// </summary>
internal static class SignalReport
{
    /// <summary>Makes the report of all events.</summary>
    public static SortedDictionary<string, Distribution> Of(EventDataset data, InteractionWeights weights, CancellationToken cancellationToken)
    {
        var values = new SortedDictionary<string, DistributionBuilder>(StringComparer.Ordinal);
        var perVideo = new long[data.Videos.Count];
        var perType = new int[(int)Signal.Follow + 1];
        var folder = new PairFolder(data, weights);
        foreach (var name in (ReadOnlySpan<string>)["watch_seconds", "watch_ratio", "confidence", "events_per_viewer", "events_per_video"])
            values[name] = new DistributionBuilder();
        for (var viewer = 0; viewer < data.Viewers.Count; viewer++)
        {
            if (viewer % 4096 == 0) cancellationToken.ThrowIfCancellationRequested();
            var events = data.Events(viewer);
            Array.Clear(perType);
            for (var i = 0; i < events.Length; i++)
            {
                perVideo[events.Videos[i]]++;
                perType[events.Signals[i]]++;
                if (events.SignalAt(i) != Signal.View) continue;
                values["watch_seconds"].Add(events.WatchSeconds[i]);
                var duration = data.Durations[events.Videos[i]];
                if (duration > 0) values["watch_ratio"].Add(events.WatchSeconds[i] / duration);
            }
            values["events_per_viewer"].Add(events.Length);
            for (var signal = 1; signal < perType.Length; signal++)
                if (perType[signal] > 0) For($"{EventTypeNames.NameOf((EventType)signal)}_per_viewer").Add(perType[signal]);
            foreach (var pair in folder.Fold(events))
            {
                // As they are trained on: one "not interested" of weight 1,000 would make the mean of both together say nothing.
                if (pair.Confidence > 0) values["confidence"].Add(pair.Confidence);
                else if (pair.Confidence < 0) For("dislike").Add(weights.DislikeOf(pair.Confidence));
            }
        }
        foreach (var events in perVideo) values["events_per_video"].Add(events);
        return new SortedDictionary<string, Distribution>(values.ToDictionary(v => v.Key, v => v.Value.Build()), StringComparer.Ordinal);

        DistributionBuilder For(string name)
        {
            if (!values.TryGetValue(name, out var builder)) values[name] = builder = new DistributionBuilder();
            return builder;
        }
    }

    /// <summary>The report on one line for the log.</summary>
    public static string InWords(IReadOnlyDictionary<string, Distribution> report)
    {
        var text = new StringBuilder();
        foreach (var (name, d) in report)
        {
            if (text.Length > 0) text.Append("; ");
            text.Append(CultureInfo.InvariantCulture, $"{name}: n {d.Count} min {d.Min:G3} mean {d.Mean:G3} p50 {d.P50:G3} p90 {d.P90:G3} max {d.Max:G3}");
        }
        return text.ToString();
    }
}
