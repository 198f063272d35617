using System.CommandLine;
using Google.Protobuf;
using Recommender.Standalone.Cli;
using Recommender.V1;

namespace Recommender.Standalone.Calls;

/// <summary><c>recommender recommend</c>: the next videos for a viewer.</summary>
internal static class RecommendCommand
{
    private static readonly JsonFormatter s_json = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var user = new Argument<string>("USER") { Description = "The viewer's id." };
        var count = new Option<int>("--count") { Description = "How many videos, 1 to 200.", DefaultValueFactory = _ => 20 };
        var explain = new Option<bool>("--explain") { Description = "Say for each video why it was chosen." };
        var json = new Option<bool>("--json") { Description = "Print the answer as one JSON object." };
        var to = ServerAddress.ToOption();
        var identity = new ClientIdentityOptions();
        var command = new Command("recommend", "Ask a running system for a viewer's next videos.") { user, count, explain, json, to };
        identity.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new RecommendRequest { UserId = parsed.GetRequiredValue(user), Count = parsed.GetValue(count), Explain = parsed.GetValue(explain) };
            if (request.Count == 0) throw CommandFailure.Usage("--count is 0; it must be 1 to 200.");
            var asJson = parsed.GetValue(json);
            var (answer, catalog) = await Door.CallAsync(parsed.GetRequiredValue(to), identity.Read(parsed), async channel =>
            {
                var response = await new RecommendationService.RecommendationServiceClient(channel)
                    .RecommendAsync(request, deadline: Door.Deadline(), cancellationToken: cancellationToken);
                var videos = await CatalogLookup.FindAsync(channel, asJson ? [] : response.Videos.Select(v => v.VideoId), cancellationToken);
                return (response, videos);
            });
            var text = asJson ? s_json.Format(answer) : RecommendationText.Format(request, answer, catalog);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(text);
            return ExitCode.Ok;
        });
        return command;
    }
}
