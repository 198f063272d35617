using Recommender.Hosting.Errors;
using Recommender.V1;

namespace Recommender.Hosting.Events;

/// <summary>The one door for viewer events, for parts of the system that are told events beside it: the ingestion service, in this process or another.</summary>
public interface IEventDoor
{
    /// <summary>Judges an event and writes it; returns when every in-sync replica of Kafka has it, or it was refused.</summary>
    /// <param name="e">The event, with the viewer's id as the client knows it. It may be changed.</param>
    /// <param name="cancellationToken">Gives up; the event may be written all the same.</param>
    /// <returns>Why the event was refused; empty when it is durable.</returns>
    /// <exception cref="DependencyUnavailableException">It can't be taken now; sending it again with the same id is safe.</exception>
    Task<string> TakeAsync(Event e, CancellationToken cancellationToken);
}
