using System.CommandLine;
using Grpc.Core;
using Grpc.Net.Client;

namespace Recommender.Standalone.Cli;

/// <summary>Commands that ask a running system one thing and print what it says.</summary>
internal static class DoorCommand
{
    /// <summary>Such a command, with the options that say where the system is and who calls.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">One sentence for the help text.</param>
    /// <param name="arguments">What it is told.</param>
    /// <param name="ask">Calls, and gives the text to print.</param>
    public static Command Create(
        string name, string description, IEnumerable<Argument> arguments, Func<GrpcChannel, ParseResult, CancellationToken, Task<string>> ask)
    {
        var to = ServerAddress.ToOption();
        var identity = new ClientIdentityOptions();
        var command = new Command(name, description) { to };
        foreach (var argument in arguments) command.Add(argument);
        identity.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var text = await Door.CallAsync(parsed.GetRequiredValue(to), identity.Read(parsed), channel => ask(channel, parsed, cancellationToken));
            await parsed.InvocationConfiguration.Output.WriteLineAsync(text);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>What each call is given: how long it may take, and when to give up.</summary>
    public static CallOptions Options(CancellationToken cancellationToken) => new(deadline: Door.Deadline(), cancellationToken: cancellationToken);
}
