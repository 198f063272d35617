using Recommender.Hosting.Online;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Viewers;

/// <summary>Reads what is known of the viewer, and notes what must not or need not be shown.</summary>
[Stage(10)]
internal sealed class ViewerHydrator(ViewerReader reader, TimeProvider time) : IQueryHydrator
{
    /// <summary>With less than this there is no time for a round trip.</summary>
    private static readonly TimeSpan LeastTime = TimeSpan.FromMilliseconds(2);

    public async ValueTask HydrateAsync(ViewerQuery query, CancellationToken cancellationToken)
    {
        var values = await reader.ReadAsync(query.Request.UserId, Limit(query.Remaining(time)), cancellationToken);
        var scratch = query.Scratch;
        query.Viewer = reader.Decode(values, scratch.Viewer, query.Model);
        if (query.History is { } history)
        {
            history.ApplyTo(query.Viewer.State ?? (query.Told = new ViewerState()));
            foreach (var videoId in history.Given) scratch.Excluded.Add(videoId);
        }
        foreach (var videoId in query.Request.ExcludeVideoIds) scratch.Excluded.Add(videoId);
        foreach (var videoId in query.Request.RecentVideoIds) query.NoteSeen(videoId);
        foreach (var interaction in query.State.Recent)
            if (interaction.Type != EventType.Follow) query.NoteSeen(interaction);
    }

    /// <summary>At most half of the caller's time: an answer without the viewer's state is better than none.</summary>
    private static TimeSpan Limit(TimeSpan remaining) =>
        remaining == TimeSpan.MaxValue ? remaining : remaining < LeastTime ? TimeSpan.Zero : remaining / 2;
}
