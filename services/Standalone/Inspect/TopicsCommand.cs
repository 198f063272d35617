using System.CommandLine;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Replay;

namespace Recommender.Standalone.Inspect;

/// <summary><c>recommender topics</c>: a look at what is in Kafka.</summary>
internal static class TopicsCommand
{
    /// <summary>The command with its subcommands.</summary>
    public static Command Create() => new("topics", "Look at the topics in Kafka, and read them again.")
    {
        CreateList(), CreateTail(), ReplayCommands.CreateReplay(), ReplayCommands.CreateReset(),
    };

    private static Command CreateList()
    {
        var kafka = ServerAddress.KafkaOption();
        var command = new Command("list", "List the topics with their partitions, records and offsets.") { kafka };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await TopicList.WriteAsync(parsed.GetRequiredValue(kafka), parsed.InvocationConfiguration.Output, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command CreateTail()
    {
        var name = new Argument<string>("NAME") { Description = "Name of the topic; 'view' is short for recommender.view.v1." };
        var from = new Option<string>("--from") { Description = "Where to begin.", DefaultValueFactory = _ => "end" }.Among("beginning", "end");
        var count = new Option<long?>("--count") { Description = "Stop after this many records, or, from the beginning, at the end that the topic has now. Without it, only Ctrl-C stops." };
        var noWait = new Option<bool>("--no-wait") { Description = "Stop at the end that the topic has now instead of waiting for more." };
        var follow = new Option<bool>("--follow") { Description = "Wait for what is still to come, also with --from beginning and --count." };
        var headers = new Option<bool>("--headers") { Description = "Print an object with partition, offset, time, key, headers and value instead of the value alone." };
        var kafka = ServerAddress.KafkaOption();
        var command = new Command("tail", "Print the records of a topic, one line of JSON each.") { name, from, count, noWait, follow, headers, kafka };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var most = parsed.GetValue(count) ?? long.MaxValue;
            if (most < 1) throw CommandFailure.Usage($"--count is {most}; it must be at least 1.");
            var (waits, follows) = (!parsed.GetValue(noWait), parsed.GetValue(follow));
            if (follows && !waits) throw CommandFailure.Usage("--follow and --no-wait exclude each other.");
            var fromBeginning = parsed.GetValue(from) == "beginning";
            var stopAtEnd = !waits || (fromBeginning && most < long.MaxValue && !follows);
            var tail = new TopicTail(TopicNames.Resolve(parsed.GetRequiredValue(name)), fromBeginning, most, stopAtEnd, parsed.GetValue(headers));
            await tail.WriteAsync(parsed.GetRequiredValue(kafka), parsed.InvocationConfiguration.Output, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
