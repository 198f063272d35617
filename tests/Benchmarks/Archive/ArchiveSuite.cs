using System.CommandLine;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Artifacts;
using Recommender.Tests.Benchmarks.Machine;
using Recommender.Tests.Benchmarks.Reporting;
using Recommender.Training.Dataset;

namespace Recommender.Tests.Benchmarks.Archive;

/// <summary><c>build/bench archive</c>: how fast the archive becomes a dataset, the first time and again.</summary>
internal sealed class ArchiveSuite : IBenchmarkSuite
{
    private static readonly string[] s_columns = ["load", "seconds", "processor s", "events/s", "MB/s of rows", "peak MB", "peak bytes/event", "dataset bytes/event"];

    public Command CreateCommand()
    {
        var events = new Option<long>("--events") { Description = "Events of the generated archive.", DefaultValueFactory = _ => 4_000_000 };
        var viewers = new Option<int>("--viewers") { Description = "Viewers, at least 8.", DefaultValueFactory = _ => 100_000 };
        var videos = new Option<int>("--videos") { Description = "Videos.", DefaultValueFactory = _ => 20_000 };
        var rounds = new Option<int>("--rounds") { Description = "How often to load it both ways.", DefaultValueFactory = _ => 3 };
        var command = new Command("archive", "Loads and indexes a generated archive: the first time from packed rows, then from the columns kept beside them.")
        {
            events, viewers, videos, rounds,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(events), parsed.GetValue(viewers), parsed.GetValue(videos), parsed.GetValue(rounds), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(long events, int viewers, int videos, int rounds, TextWriter output, CancellationToken cancellationToken)
    {
        var root = Directory.CreateTempSubdirectory("recommender-archive-").FullName;
        try
        {
            var bytes = GeneratedArchive.Write(root, events, viewers, videos);
            output.WriteLine(FormattableString.Invariant(
                $"{events} events in {Directory.GetFiles(root, "*.gz", SearchOption.AllDirectories).Length} files: {SizeOf(root, "*.gz") / 1e6:F0} MB packed, {bytes / 1e6:F0} MB of rows"));
            var table = new Table(s_columns);
            for (var round = 0; round < rounds; round++)
            {
                foreach (var columns in Directory.GetFiles(root, "*" + EventColumnsFile.Extension, SearchOption.AllDirectories)) File.Delete(columns);
                table.Add(await LoadAsync("first", root, events, bytes, cancellationToken));
                table.Add(await LoadAsync("again", root, events, bytes, cancellationToken));
            }

            table.WriteTo(output);
            output.WriteLine(FormattableString.Invariant($"columns kept: {SizeOf(root, "*" + EventColumnsFile.Extension) / 1e6:F0} MB"));
            return 0;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<string[]> LoadAsync(string name, string root, long events, long bytes, CancellationToken cancellationToken)
    {
        // What is on the stack of the step from which this goes on, an earlier dataset, would count as held; so it would below.
        await Task.Yield();
        PeakMemory.Reset();
        var (resident, held) = (PeakMemory.Now, GC.GetTotalMemory(forceFullCollection: true));
        var reader = new SnapshotReader(new StorageOptions { ArchivePath = root }, TimeProvider.System, NullLogger<SnapshotReader>.Instance);
        var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var snapshot = await reader.ReadAsync(_ => { }, cancellationToken);
        var (seconds, processor) = (clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
        var peak = PeakMemory.Megabytes;
        await Task.Yield();
        if (snapshot.Events.EventCount != events) throw new InvalidOperationException($"{snapshot.Events.EventCount} of {events} events were loaded.");
        var data = snapshot.Events;
        snapshot = null;
        var each = (double)(GC.GetTotalMemory(forceFullCollection: true) - held) / events;
        GC.KeepAlive(data);
        return
        [
            name, Text($"{seconds:F2}"), Text($"{processor:F2}"), Text($"{events / seconds:F0}"), Text($"{bytes / seconds / 1e6:F0}"), Text($"{peak:F0}"), Text($"{(peak - resident) * 1e6 / events:F1}"),
            Text($"{each:F1}"),
        ];
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static long SizeOf(string root, string pattern) => Directory.GetFiles(root, pattern, SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
}
