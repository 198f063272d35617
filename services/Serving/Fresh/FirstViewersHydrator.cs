using System.Runtime.InteropServices;
using Recommender.Hosting.Online;
using Recommender.Modeling.Weights;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Fresh;

/// <summary>
/// Tells <see cref="RecentViewers"/> the vector of this viewer, which was just solved, and <see cref="FirstViewers"/> what the viewer liked among the videos
/// that the model does not know.
/// </summary>
[Stage(40)]
internal sealed class FirstViewersHydrator(FreshBoard board) : IQueryHydrator
{
    /// <summary>A view of at least this part of a video counts as liking it.</summary>
    private const float LikedRatio = 0.5f;

    public ValueTask HydrateAsync(ViewerQuery query, CancellationToken cancellationToken)
    {
        if (query.Tier != Tier.RealTime || query.IsRehearsal) return ValueTask.CompletedTask;
        var viewer = StableHash.Of(query.Request.UserId);
        board.RecentViewers.Meet(query.Model!.Version, viewer, query.Vector.Span);
        if (query.Scratch.Unknown.Count > 0) TellFirstViewers(query, viewer);
        return ValueTask.CompletedTask;
    }

    private void TellFirstViewers(ViewerQuery query, ulong viewer)
    {
        // Oldest first, as they are folded for videos that the model knows.
        var (weights, said) = (query.Model!.Weights, new Dictionary<string, (PairSignals Signals, bool IsLiked)>(StringComparer.Ordinal));
        foreach (var interaction in query.Scratch.Unknown)
        {
            ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(said, interaction.VideoId, out _);
            pair.Signals.Add((Signal)interaction.Type, interaction.WatchRatio, 1, weights);
            pair.IsLiked |= interaction.Type is EventType.Like or EventType.Share || (interaction.Type == EventType.View && interaction.WatchRatio >= LikedRatio);
        }
        foreach (var (videoId, pair) in said)
            if (pair.IsLiked) board.FirstViewers.Add(query.Model.Version, videoId, viewer, query.Vector.Span, weights.ConfidenceOf(pair.Signals));
    }
}
