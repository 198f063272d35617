using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Recommender.Standalone.Embedded;
using Recommender.Tests.Benchmarks.Archive;
using Recommender.Tests.Benchmarks.Events;
using Recommender.Tests.Benchmarks.Reporting;
using Recommender.V1;

namespace Recommender.Tests.Benchmarks.Restart;

/// <summary><c>build/bench restart</c>: how soon the program answers when it starts over a large archive, and what memory it takes by then.</summary>
internal sealed class RestartSuite : IBenchmarkSuite
{
    private const int Videos = 20_000;
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(2);

    public Command CreateCommand()
    {
        var events = new Option<long>("--events") { Description = "Events of the archive.", DefaultValueFactory = _ => 10_000_000 };
        var rounds = new Option<int>("--rounds") { Description = "How often it is started.", DefaultValueFactory = _ => 3 };
        var command = new Command("restart", "Starts the whole program over a generated archive, and waits for the first recommendation.") { events, rounds };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(events), parsed.GetValue(rounds), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(long events, int rounds, TextWriter output, CancellationToken cancellationToken)
    {
        var data = Directory.CreateTempSubdirectory("recommender-restart-");
        try
        {
            GeneratedArchive.Write(Path.Combine(data.FullName, "archive"), events, viewers: 200_000, Videos);
            BenchModel.Publish(Path.Combine(data.FullName, "models"), Videos);
            var table = new Table(["start", "first recommendation, s", "resident memory, MB"]);
            for (var round = 1; round <= rounds; round++)
            {
                var (seconds, bytes) = await StartAsync(data.FullName, cancellationToken);
                table.Add([round.ToString(CultureInfo.InvariantCulture), seconds.ToString("0.00", CultureInfo.InvariantCulture), (bytes / 1e6).ToString("0", CultureInfo.InvariantCulture)]);
            }
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{events:N0} archived events, a model of {Videos:N0} videos"));
            table.WriteTo(output);
            return 0;
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static async Task<(double Seconds, long Bytes)> StartAsync(string data, CancellationToken cancellationToken)
    {
        using var port = new ReservedPort();
        var info = new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "recommender.dll"), "run", "--empty", "--data", data, "--grpc-port", port.Number.ToString(CultureInfo.InvariantCulture),
            "--http-port", "0", "--kafka-port", "0", "--redis-port", "0",
        ])
        { RedirectStandardOutput = true };
        info.Environment["RECOMMENDER_Training__Interval"] = "00:00:00"; // a run would take the processors
        using var process = Process.Start(info)!;
        var clock = Stopwatch.StartNew();
        try
        {
            using var channel = GrpcChannel.ForAddress(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port.Number}"));
            var feed = new RecommendationService.RecommendationServiceClient(channel);
            while (!await AnswersAsync(feed, cancellationToken))
            {
                if (process.HasExited || clock.Elapsed > s_deadline) throw new InvalidOperationException("The program gives no recommendation.");
                await Task.Delay(20, cancellationToken);
            }
            var seconds = clock.Elapsed.TotalSeconds;
            process.Refresh();
            return (seconds, process.WorkingSet64);
        }
        finally
        {
            using var signal = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {process.Id}")]);
            await process.WaitForExitAsync(cancellationToken);
        }
    }

    private static async Task<bool> AnswersAsync(RecommendationService.RecommendationServiceClient feed, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await feed.RecommendAsync(new RecommendRequest { UserId = "user-00000001", Count = 20 }, cancellationToken: cancellationToken);
            return answer.Videos.Count > 0 && answer.ModelVersion.Length > 0;
        }
        catch (RpcException)
        {
            return false; // not yet
        }
    }
}
