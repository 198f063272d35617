using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Grpc.Core;
using Recommender.Hosting;
using Recommender.Standalone.Archive;
using Recommender.Standalone.Assess;
using Recommender.Standalone.Calls;
using Recommender.Standalone.Evaluate;
using Recommender.Standalone.Experiments;
using Recommender.Standalone.Export;
using Recommender.Standalone.Import;
using Recommender.Standalone.Inspect;
using Recommender.Standalone.Models;
using Recommender.Standalone.Run;
using Recommender.Standalone.Simulate;
using Recommender.Standalone.Tokens;
using Recommender.Standalone.Train;

namespace Recommender.Standalone.Cli;

/// <summary>The <c>recommender</c> command: its subcommands, and one sentence for whatever goes wrong.</summary>
internal static class CommandLine
{
    private const string Name = "recommender";
    private static readonly TimeSpan s_sameSignal = TimeSpan.FromSeconds(1);

    /// <summary>Runs one command until it ends or Ctrl-C or SIGTERM ends it.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var asked = 0L;
        using var interrupted = new CancellationTokenSource();
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        return await RunAsync(args, Console.Out, Console.Error, interrupted.Token);

        void Cancel(PosixSignalContext signal)
        {
            // The first signal asks, and a later one means it. What follows at once is the same one again: terminals and wrappers both pass it on.
            var isFirst = !interrupted.IsCancellationRequested;
            if (isFirst) asked = TimeProvider.System.GetTimestamp();
            signal.Cancel = isFirst || TimeProvider.System.GetElapsedTime(asked) < s_sameSignal;
            if (isFirst) interrupted.Cancel();
        }
    }

    /// <summary>Runs one command with the given streams.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var parsed = CreateRoot().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await error.WriteLineAsync(Describe(parsed));
            return ExitCode.Usage;
        }
        var invocation = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (CommandFailure e)
        {
            await error.WriteLineAsync(e.Message);
            return e.ExitCode;
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (StartFailure.Describe(e) is { } sentence)
        {
            await error.WriteLineAsync(sentence);
            return ExitCode.Usage;
        }
    }

    private static RootCommand CreateRoot()
    {
        var root = new RootCommand("Recommender: short-video recommendations from what viewers do. Start with 'recommender run'.")
        {
            RunCommand.Create(),
            SimulateCommand.Create(),
            ImportCommand.Create(),
            AssessCommand.Create(),
            EvaluateCommand.Create(),
            ExportCommand.Create(),
            TrainCommand.Create(),
            RunsCommand.Create(),
            ModelsCommand.Create(),
            RecommendCommand.Create(),
            TrackCommand.Create(),
            ForgetCommand.Create(),
            TopicsCommand.Create(),
            ArchiveCommand.Create(),
            ExperimentsCommand.Create(),
            TokensCommand.Create(),
        };
        return root;
    }

    private static string Describe(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = command.Parent)
            names.Push(command.Command is RootCommand ? Name : command.Command.Name);
        return $"{Reason(parsed).TrimEnd('.')}; see '{string.Join(' ', names)} --help'.";
    }

    /// <summary>What is wrong. The parser's own words for what is missing don't name it, or name what follows from an unknown word.</summary>
    private static string Reason(ParseResult parsed)
    {
        var command = parsed.CommandResult;
        if (parsed.UnmatchedTokens is [var unknown, ..]) return $"'{unknown}' is unknown here";
        if (command.Command is { Action: null, Subcommands.Count: > 0 }) return $"one of {string.Join(", ", command.Command.Subcommands.Select(c => c.Name))} is missing";
        var missing = command.Command.Arguments.FirstOrDefault(a => a.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(a) is not { Tokens.Count: > 0 });
        return missing is null ? parsed.Errors[0].Message : $"{missing.Name} is missing";
    }
}
