using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Standalone.Cli;
using Recommender.V1;

namespace Recommender.Standalone.Calls;

/// <summary><c>recommender track</c>: sends one event.</summary>
internal static class TrackCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var type = new Argument<string>("TYPE") { Description = "What happened: " + string.Join(", ", EventTypeNames.All) + "." }.Among([.. EventTypeNames.All]);
        var user = new Argument<string>("USER") { Description = "The viewer's id." };
        var video = new Argument<string>("VIDEO") { Description = "The video's id; what is about an author does without.", Arity = ArgumentArity.ZeroOrOne };
        var author = new Option<string?>("--author") { Description = "The author to mute or to follow, or no more (mute_author, unmute_author, follow_author and unfollow_author only).", HelpName = "ID" };
        var watchTime = new Option<TimeSpan?>("--watch-time")
        {
            Description = "How long it was watched (views only), e.g. 12.5s, 750ms, 2m.",
            HelpName = "TIME",
            CustomParser = result =>
            {
                if (DurationText.TryParse(result.Tokens[0].Value, out var duration)) return duration;
                result.AddError($"'{result.Tokens[0].Value}' is no length of time; 12.5s, 750ms or 2m are");
                return null;
            },
        };
        var to = ServerAddress.ToOption();
        var identity = new ClientIdentityOptions();
        var command = new Command("track", "Send one event to a running system, as the app would.") { type, user, video, author, watchTime, to };
        identity.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            _ = EventTypeNames.TryParse(parsed.GetRequiredValue(type), out var eventType);
            var e = new Event { Type = eventType, UserId = parsed.GetRequiredValue(user), VideoId = parsed.GetValue(video) ?? "", AuthorId = parsed.GetValue(author) ?? "" };
            var isOfAuthor = EventTypes.IsOfAuthor(eventType);
            if (!isOfAuthor && e.VideoId.Length == 0) throw CommandFailure.Usage("VIDEO is missing; see 'recommender track --help'.");
            if (isOfAuthor && e.AuthorId.Length == 0) throw CommandFailure.Usage("--author is missing; see 'recommender track --help'.");
            if (parsed.GetValue(watchTime) is { } watched) e.WatchTime = Duration.FromTimeSpan(watched);
            var answer = await Door.CallAsync(parsed.GetRequiredValue(to), identity.Read(parsed), async channel =>
                await new IngestionService.IngestionServiceClient(channel).TrackEventAsync(
                    new TrackEventRequest { Event = e }, deadline: Door.Deadline(), cancellationToken: cancellationToken));
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"accepted: {EventTypeNames.NameOf(eventType)} of {(isOfAuthor ? e.AuthorId : e.VideoId)} by {e.UserId}, event {answer.EventId}");
            return ExitCode.Ok;
        });
        return command;
    }
}
