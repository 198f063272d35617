using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Sending;
using Recommender.V1;

namespace Recommender.Standalone.Simulate;

/// <summary>
/// Lets viewers of a world open the app: each visit asks for recommendations, looks at them from the first on until the viewer has had enough, and reports what
/// the viewer did, now, with the answer's <c>request_id</c> and the video's place in it. So impressions come about whose outcomes are known, as from a real app.
/// </summary>
/// <param name="channel">The door.</param>
/// <param name="address">Its address, for messages.</param>
/// <param name="world">The viewers and videos.</param>
/// <param name="time">The clock.</param>
internal sealed class AppVisits(ChannelBase channel, ServerAddress address, World world, TimeProvider time)
{
    private const int Videos = 20;

    /// <summary>Videos after which a viewer has had enough, on average.</summary>
    private const double MeanLooked = 9;

    private readonly Dictionary<string, SimulatedVideo> _videos = world.Videos.ToDictionary(v => v.Id, StringComparer.Ordinal);
    private readonly WeightedPick _comers = new(world.Viewers.Select(v => v.Activity));

    /// <summary>What came of the visits.</summary>
    /// <param name="Answers">Answers with videos in them.</param>
    /// <param name="Looked">Videos that were looked at.</param>
    /// <param name="Accepted">Events acknowledged.</param>
    public sealed record Outcome(int Answers, int Looked, int Accepted);

    /// <summary>Plays some visits, one after another; returns when every event is acknowledged.</summary>
    /// <param name="visits">How many.</param>
    /// <param name="onWait">Told when the system takes no events for a moment.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandFailure">The system is not there.</exception>
    public async Task<Outcome> PlayAsync(int visits, Action<TimeSpan> onWait, CancellationToken cancellationToken)
    {
        var (answers, looked, accepted) = (0, 0, 0);
        var begin = time.GetUtcNow();
        var random = new Random(unchecked((world.Settings.Seed * 31) + (int)begin.ToUnixTimeMilliseconds()));
        var client = new RecommendationService.RecommendationServiceClient(channel);
        var patience = new Patience(address, time, onWait);
        await using var sender = new EventSender<bool>(
            new IngestionService.IngestionServiceClient(channel), patience, (_, answer) => accepted += answer.RejectedReason.Length == 0 ? 1 : 0, cancellationToken);
        for (var visit = 0; visit < visits; visit++)
        {
            var viewer = world.Viewers[_comers.Next(random)];
            var answer = await AskAsync(client, viewer, cancellationToken);
            if (answer.Videos.Count > 0) answers++;
            for (var position = 0; position < answer.Videos.Count; position++)
            {
                // What is in the catalog besides this world nobody here has a taste for.
                if (!_videos.TryGetValue(answer.Videos[position].VideoId, out var video)) continue;
                looked++;
                foreach (var e in Reactions.To(video, viewer, time.GetUtcNow(), random)) await sender.SendAsync(Stamped(e, answer, position, begin), true, cancellationToken);
                if (random.NextDouble() < 1 / MeanLooked) break;
            }
        }
        await sender.CompleteAsync();
        return new Outcome(answers, looked, accepted);
    }

    private async Task<RecommendResponse> AskAsync(RecommendationService.RecommendationServiceClient client, SimulatedViewer viewer, CancellationToken cancellationToken)
    {
        try
        {
            return await client.RecommendAsync(new RecommendRequest { UserId = viewer.Id, Count = Videos, Surface = "for_you" }, cancellationToken: cancellationToken);
        }
        catch (RpcException e) when (e.StatusCode != StatusCode.Cancelled)
        {
            throw new CommandFailure($"{address} gives no recommendations: {e.Status.Detail}", cause: e);
        }
    }

    /// <summary>The reaction of this moment: nobody waits until the video would be over.</summary>
    private Event Stamped(Event e, RecommendResponse answer, int position, DateTimeOffset begin)
    {
        (e.RequestId, e.Position, e.Surface) = (answer.RequestId, position, "for_you");
        e.OccurredAt = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        e.SessionId = string.Create(CultureInfo.InvariantCulture, $"{e.UserId}-{begin.ToUnixTimeSeconds():x}");
        e.EventId = string.Create(CultureInfo.InvariantCulture, $"{answer.RequestId}-{position}-{(int)e.Type}");
        return e;
    }
}
