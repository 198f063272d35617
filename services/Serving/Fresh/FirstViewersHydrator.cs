using Recommender.Hosting.Online;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Fresh;

/// <summary>Tells <see cref="FirstViewers"/> what this viewer, whose vector was just solved, liked among the videos that the model does not know.</summary>
[Stage(40)]
internal sealed class FirstViewersHydrator(FreshBoard board) : IQueryHydrator
{
    /// <summary>A view of at least this part of a video counts as liking it.</summary>
    private const float LikedRatio = 0.5f;

    public ValueTask HydrateAsync(ViewerQuery query, CancellationToken cancellationToken)
    {
        if (query.Tier != Tier.RealTime || query.Scratch.Unknown.Count == 0 || query.IsRehearsal) return ValueTask.CompletedTask;
        var viewer = StableHash.Of(query.Request.UserId);
        foreach (var interaction in query.Scratch.Unknown)
        {
            if (interaction.Type is EventType.Like or EventType.Share || (interaction.Type == EventType.View && interaction.WatchRatio >= LikedRatio))
                board.FirstViewers.Add(query.Model!.Version, interaction.VideoId, viewer, query.Vector.Span);
        }
        return ValueTask.CompletedTask;
    }
}
