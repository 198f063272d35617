using System.Runtime.InteropServices;
using Recommender.Modeling.Weights;
using Recommender.Serving.Model;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Viewers;

/// <summary>Turns what the viewer did lately into the numbers that the live model works with: items, confidences, and what was just liked.</summary>
[Stage(20)]
internal sealed class HistoryHydrator : IQueryHydrator
{
    /// <summary>Neighbours of more videos than these would crowd out everything else.</summary>
    private const int MaxJustLiked = 2;

    public ValueTask HydrateAsync(ViewerQuery query, CancellationToken cancellationToken)
    {
        if (query.Model is not { Factors: not null } model) return ValueTask.CompletedTask;
        FindJustLiked(query, model);
        // The list holds all that is known already.
        if (!model.CanFoldIn || !query.HasNews) return ValueTask.CompletedTask;
        AddEvents(query, model);
        AddRecentIds(query, model);
        foreach (var (item, signals) in query.Scratch.Signals)
        {
            var confidence = model.Weights.ConfidenceOf(signals);
            if (confidence > 0) Add(query, item, confidence);
            else if (confidence < 0 && model.Factors.DislikeWeight > 0) AddDislike(query, model, item, confidence);
        }
        return ValueTask.CompletedTask;
    }

    private static void AddDislike(ViewerQuery query, ModelGeneration model, int item, float confidence) =>
        Add(query, model.ItemCount + item, model.Factors!.DislikeWeight * model.Weights.DislikeOf(confidence));

    private static void Add(ViewerQuery query, int row, float confidence)
    {
        query.Scratch.Items.Add(row);
        query.Scratch.Confidences.Add(confidence);
    }

    private static void AddEvents(ViewerQuery query, ModelGeneration model)
    {
        // Oldest first, since the later of like and unlike counts.
        var recent = query.State.Recent;
        for (var i = recent.Count - 1; i >= 0; i--)
        {
            if (!query.TryFind(recent[i], out var item))
            {
                query.Scratch.Unknown.Add(recent[i]);
                continue;
            }
            ref var signals = ref CollectionsMarshal.GetValueRefOrAddDefault(query.Scratch.Signals, item, out _);
            // The state holds watch time by duration, so the duration is 1 here.
            signals.Add((Signal)recent[i].Type, recent[i].WatchRatio, 1, model.Weights);
        }
    }

    /// <summary>Videos watched seconds ago count as views; those whose events have arrived are known better already.</summary>
    private static void AddRecentIds(ViewerQuery query, ModelGeneration model)
    {
        foreach (var videoId in query.Request.RecentVideoIds)
        {
            if (!model.TryFind(videoId, out var item)) continue;
            ref var signals = ref CollectionsMarshal.GetValueRefOrAddDefault(query.Scratch.Signals, item, out _);
            if (signals.Views == 0) signals.Add(Signal.View, query.Options.RecentWatchRatio, 1, model.Weights);
        }
    }

    private static void FindJustLiked(ViewerQuery query, ModelGeneration model)
    {
        var since = (query.Now - query.Options.SimilarFor).ToUnixTimeMilliseconds();
        HashSet<string>? takenBack = null;
        foreach (var interaction in query.State.Recent)
        {
            if (interaction.OccurredAtMs < since || query.JustLiked.Count == MaxJustLiked) break;
            if (interaction.Type is EventType.Unlike or EventType.NotInterested) (takenBack ??= []).Add(interaction.VideoId);
            if (interaction.Type is not (EventType.Like or EventType.Share) || takenBack?.Contains(interaction.VideoId) == true) continue;
            if (query.TryFind(interaction, out var item) && model.Factors!.Knows(item) && !query.JustLiked.Contains(item))
                query.JustLiked.Add(item);
        }
    }
}
