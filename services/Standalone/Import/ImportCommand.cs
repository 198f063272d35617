using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Import.Formats;

namespace Recommender.Standalone.Import;

/// <summary><c>recommender import</c>: streams a data set through the gRPC door of a running system.</summary>
internal static class ImportCommand
{
    private const string Description =
        "Stream a data set through the gRPC door of a running system. Given again after an interruption it continues. What becomes of each column: docs/import.md.";

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var format = new Option<string>("--format")
        {
            Description = "Format of the files:" + string.Concat(ImportFormat.All.Select(f => $"\n{f.Name}: {f.Summary}")),
            Required = true,
        }.Among([.. ImportFormat.All.Select(f => f.Name)]);
        var paths = new Argument<string[]>("PATH") { Description = "Files to import, in this order.", Arity = ArgumentArity.OneOrMore };
        var to = ServerAddress.ToOption();
        var identity = new ClientIdentityOptions();
        var prefix = new Option<string>("--prefix")
        {
            Description = "Put this before every user and video id, e.g. ml-, so that data sets with the same numbers can live side by side.",
            DefaultValueFactory = _ => "",
        };
        var restart = new Option<bool>("--restart") { Description = "Begin at the first line, although an earlier import has got further." };
        var checkpoints = new Option<string>("--checkpoints")
        {
            Description = "Folder in which the progress is noted.",
            HelpName = "DIRECTORY",
            DefaultValueFactory = _ => CheckpointStore.DefaultDirectory,
        };
        var command = new Command("import", Description) { format, paths, to, prefix, restart, checkpoints };
        identity.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new ImportSettings(
                ImportFormat.Named(parsed.GetRequiredValue(format)), parsed.GetRequiredValue(paths), parsed.GetRequiredValue(to),
                parsed.GetRequiredValue(prefix), parsed.GetValue(restart)),
            identity.Read(parsed), new CheckpointStore(parsed.GetRequiredValue(checkpoints)), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        ImportSettings settings, ClientIdentity identity, CheckpointStore checkpoints, TextWriter output, CancellationToken cancellationToken)
    {
        foreach (var path in settings.Paths) InputFile.Check(path);
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        var isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        IImportView view = isTerminal ? new BarImportView() : new PlainImportView(TextWriter.Synchronized(output), time);
        using var channel = Door.Open(settings.To, identity);
        var importer = new Importer(settings, new ImportClients(channel), checkpoints, view, time);
        ImportTotals totals = null!;
        try
        {
            await view.RunAsync(async () => totals = await importer.RunAsync(cancellationToken));
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            await output.WriteLineAsync("Interrupted; the same command continues from here.");
            return ExitCode.Interrupted;
        }
        await output.WriteAsync(Summarize(totals, time.GetElapsedTime(started)));
        if (totals.Accepted + totals.Videos + totals.FilesDoneBefore > 0) return ExitCode.Ok;
        throw new CommandFailure(totals.Lines == 0 ? "Nothing was imported: there are no lines." : "Nothing was imported: no line was accepted.");
    }

    private static string Summarize(ImportTotals totals, TimeSpan elapsed) => string.Create(CultureInfo.InvariantCulture, $"""
        {totals.Lines:N0} lines in {elapsed.TotalSeconds:0.0} s, {totals.Accepted / Math.Max(elapsed.TotalSeconds, 0.001):N0} events a second
          events accepted  {totals.Accepted,12:N0}
          videos           {totals.Videos,12:N0}
          refused          {totals.Refused,12:N0}
          lines skipped    {totals.SkippedLines,12:N0}

        """);
}
