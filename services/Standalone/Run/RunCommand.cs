using System.CommandLine;
using Grpc.Core;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Embedded;
using Recommender.Standalone.Opening;

namespace Recommender.Standalone.Run;

/// <summary><c>recommender run</c>: the whole system in one process.</summary>
internal static class RunCommand
{
    /// <summary>Name of <c>--grpc-port</c>; messages about taken ports name it.</summary>
    public const string GrpcPortOption = "--grpc-port";

    /// <summary>Name of <c>--http-port</c>.</summary>
    public const string HttpPortOption = "--http-port";

    /// <summary>Name of <c>--kafka-port</c>.</summary>
    public const string KafkaPortOption = "--kafka-port";

    /// <summary>Name of <c>--redis-port</c>.</summary>
    public const string RedisPortOption = "--redis-port";

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var empty = new Option<bool>("--empty") { Description = "Play no simulated audience when there is no data yet." };
        var grpc = Port(GrpcPortOption, "Port of gRPC.", 5050);
        var http = Port(HttpPortOption, "Port of /healthz, /readyz and /metrics.", 5080);
        var kafka = Port(KafkaPortOption, "Port of Kafka's bootstrap address.", 5092);
        var redis = Port(RedisPortOption, "Port of Redis.", 5079);
        var data = new Option<string>("--data") { Description = "Folder of everything that lasts.", HelpName = "DIRECTORY", DefaultValueFactory = _ => "data" };
        var command = new Command("run", "Start everything in one process on 127.0.0.1, with Kafka and Redis. Port 0 takes a free one. Ctrl-C ends it.")
        {
            empty, grpc, http, kafka, redis, data,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new RunSettings(
                PortOf(parsed, grpc), PortOf(parsed, http), PortOf(parsed, kafka), PortOf(parsed, redis),
                parsed.GetRequiredValue(data), parsed.GetValue(empty)),
            parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(RunSettings settings, TextWriter output, CancellationToken cancellationToken)
    {
        RequireDifferentPorts(settings);
        using var data = DataDirectory.Open(settings.DataPath);
        try
        {
            await using var system = await StandaloneSystem.StartAsync(settings, data, cancellationToken);
            var earlierEvents = data.CountEvents();
            await output.WriteAsync(Banner.Text(system.Addresses, data));
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, system.Stopping);
            await UntilEndAsync(new OpeningScene(system, data, output).PlayAsync(settings.IsEmpty, earlierEvents, ending.Token), ending.Token);
            var isAsked = cancellationToken.IsCancellationRequested;
            await output.WriteLineAsync("Stopping: finishing what was acknowledged ...");
            await system.StopAsync();
            await output.WriteLineAsync($"Stopped; the data stays in {data.Path}.");
            return isAsked ? ExitCode.Ok : throw new CommandFailure(system.Problem ?? "A part of the system has given up; the log above says why.");
        }
        catch (EmbeddedStartException e)
        {
            throw CommandFailure.Usage(e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Ok; // asked to stop before it was up
        }
    }

    /// <summary>Lets the opening play, then waits until the system ends.</summary>
    private static async Task UntilEndAsync(Task opening, CancellationToken ending)
    {
        try
        {
            await opening;
            await Task.Delay(Timeout.Infinite, ending);
        }
        catch (Exception e) when (ending.IsCancellationRequested && e is OperationCanceledException or RpcException)
        {
            // Asked to end in the middle or afterwards; what was acknowledged is kept by the stop.
        }
    }

    private static Option<int> Port(string name, string description, int port) => new(name) { Description = description, HelpName = "PORT", DefaultValueFactory = _ => port };

    private static int PortOf(ParseResult parsed, Option<int> option)
    {
        var port = parsed.GetValue(option);
        return port is >= 0 and <= 65535 ? port : throw CommandFailure.Usage($"{option.Name} is {port}; it must be 0 to 65535.");
    }

    private static void RequireDifferentPorts(RunSettings settings)
    {
        (string Option, int Port)[] ports =
        [
            (GrpcPortOption, settings.GrpcPort), (HttpPortOption, settings.HttpPort), (KafkaPortOption, settings.KafkaPort), (RedisPortOption, settings.RedisPort),
        ];
        if (ports.Where(p => p.Port != 0).GroupBy(p => p.Port).FirstOrDefault(g => g.Count() > 1) is { } same)
            throw CommandFailure.Usage($"{string.Join(" and ", same.Select(p => p.Option))} are both {same.Key}; they must differ.");
    }
}
