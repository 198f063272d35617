using System.CommandLine;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Inspect;

namespace Recommender.Standalone.Replay;

/// <summary><c>recommender topics replay</c> and <c>recommender topics reset</c>.</summary>
internal static class ReplayCommands
{
    /// <summary>Sends dead letters again.</summary>
    public static Command CreateReplay()
    {
        var reason = new Option<string?>("--reason") { Description = "Only records whose reason contains this text.", HelpName = "TEXT" };
        var topic = new Option<string?>("--topic") { Description = "Only records that came from this topic; 'view' is short for recommender.view.v1.", HelpName = "NAME" };
        var partition = new Option<int?>("--partition") { Description = "Only records that came from this partition.", HelpName = "N" };
        var from = TimeText.Option("--from", "Only records that were set aside then or later.");
        var to = TimeText.Option("--to", "Only records that were set aside before.");
        var again = new Option<bool>("--again") { Description = "Those, too, that were sent again before." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be sent." };
        var kafka = ServerAddress.KafkaOption();
        var command = new Command("replay", "Send records again that could not be processed, after what was wrong has been mended. An event that counts already counts no more.")
        {
            reason, topic, partition, from, to, again, dryRun, kafka,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var filter = new ReplayFilter(
                parsed.GetValue(reason), parsed.GetValue(topic) is { } name ? TopicNames.Resolve(name) : null, parsed.GetValue(partition), parsed.GetValue(from),
                parsed.GetValue(to), parsed.GetValue(again));
            await new DeadLetterReplay(filter, parsed.GetValue(dryRun), TimeProvider.System)
                .RunAsync(parsed.GetRequiredValue(kafka), parsed.InvocationConfiguration.Output, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Sets a group back.</summary>
    public static Command CreateReset()
    {
        var to = TimeText.Option("--to", "Read again what was written since then.");
        to.Required = true;
        var group = new Option<string>("--group") { Description = "The consumer group.", HelpName = "NAME", DefaultValueFactory = _ => "recommender-features" };
        var kafka = ServerAddress.KafkaOption();
        var command = new Command("reset", "Let a consumer group read the events again from a time on, at its next start. What states have absorbed counts no more; what is missing from them is absorbed.")
        {
            to, group, kafka,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await new GroupReset(parsed.GetRequiredValue(group), parsed.GetValue(to)!.Value)
                .RunAsync(parsed.GetRequiredValue(kafka), parsed.InvocationConfiguration.Output, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
