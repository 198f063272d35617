using Recommender.Hosting.Errors;
using Recommender.Hosting.Events;
using Recommender.V1;

namespace Recommender.Serving.Feed;

/// <summary>Says that events can't be taken, where no ingestion service is named.</summary>
internal sealed class NoEventDoor : IEventDoor
{
    private static readonly TimeSpan s_comeBack = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public Task<string> TakeAsync(Event e, CancellationToken cancellationToken) =>
        Task.FromException<string>(new DependencyUnavailableException("this replica is not told where events are taken (Feed:IngestionAddress)", s_comeBack));
}
