using Grpc.Core;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Sending;
using Recommender.V1;

namespace Recommender.Standalone.Simulate;

/// <summary>Plays an audience through the gRPC door, as the app would.</summary>
/// <param name="channel">The door.</param>
/// <param name="address">Its address, for messages.</param>
/// <param name="time">The clock.</param>
internal sealed class AudiencePlayer(ChannelBase channel, ServerAddress address, TimeProvider time)
{
    /// <summary>What came of a play.</summary>
    /// <param name="Videos">Catalog entries taken.</param>
    /// <param name="Accepted">Events acknowledged.</param>
    /// <param name="Refused">Events refused.</param>
    /// <param name="Elapsed">How long it took.</param>
    public sealed record Outcome(int Videos, int Accepted, int Refused, TimeSpan Elapsed);

    /// <summary>Plays to the end; returns when every event is acknowledged.</summary>
    /// <param name="audience">The audience.</param>
    /// <param name="onWait">Told when the system takes no events for a moment.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandFailure">The system is not there.</exception>
    public async Task<Outcome> PlayAsync(Audience audience, Action<TimeSpan> onWait, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var patience = new Patience(address, time, onWait);
        var catalog = new VideoSender(new CatalogService.CatalogServiceClient(channel), patience);
        var (videos, accepted, refused) = (0, 0, 0);
        await using var sender = new EventSender<bool>(new IngestionService.IngestionServiceClient(channel), patience, OnAnswer, cancellationToken);
        foreach (var step in audience.Play())
        {
            if (step.Published.Count > 0) videos += await catalog.SendAsync(step.Published, (_, _) => { }, cancellationToken);
            if (step.Event is { } e) await sender.SendAsync(e, true, cancellationToken);
        }
        await sender.CompleteAsync();
        return new Outcome(videos, accepted, refused, time.GetElapsedTime(started));

        void OnAnswer(bool tag, TrackEventResponse answer)
        {
            if (answer.RejectedReason.Length == 0) accepted++;
            else refused++;
        }
    }
}
