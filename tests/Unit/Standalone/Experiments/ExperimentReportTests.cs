using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts.Json;
using Recommender.Standalone.Cli;
using Recommender.Tests.Shared;
using Recommender.V1;

namespace Recommender.Tests.Unit.Standalone.Experiments;

public sealed class ExperimentReportTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recommender-experiments-");

    public void Dispose() => _folder.Delete(recursive: true);

    private static byte[] Shown(string user, string request, string video, string arm) => JsonSerializer.SerializeToUtf8Bytes(
        new Impression(request, user, video, 0, "realtime", 1, 1, "m", arm, "for_you", "none", DateTimeOffset.UnixEpoch), RecordJson.Default.Impression);

    private static Event Did(EventType type, string user, string request, string video, double seconds = 0)
    {
        var e = new Event { EventId = $"{type}/{user}/{request}/{video}", Type = type, UserId = user, VideoId = video, RequestId = request, OccurredAt = Timestamp.FromDateTime(DateTime.UnixEpoch) };
        if (seconds > 0) e.WatchTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds));
        return e;
    }

    /// <summary>Two arms of 100 viewers with ten impressions each; the second one likes twice as much.</summary>
    private void WriteArchive(int otherViewers = 100)
    {
        var archive = new TestArchive(_folder.FullName);
        var (impressions, events) = (new List<byte[]>(), new List<Event>());
        for (var viewer = 0; viewer < 100 + otherViewers; viewer++)
        {
            var (user, arm) = ($"u{viewer}", viewer < 100 ? "fresh=control,order=control" : "fresh=control,order=diverse");
            for (var v = 0; v < 10; v++)
            {
                impressions.Add(Shown(user, $"r{viewer}", $"v{v}", arm));
                events.Add(Did(EventType.View, user, $"r{viewer}", $"v{v}", 3));
                if (v < (viewer < 100 ? 1 : 2) + (viewer % 2)) events.Add(Did(EventType.Like, user, $"r{viewer}", $"v{v}"));
            }
        }
        // What must not count: repeats, another viewer's event, videos that were not shown, a skip.
        impressions.Add(impressions[0]);
        events.Add(Did(EventType.Like, "u0", "r0", "v0"));
        events.Add(Did(EventType.Like, "u1", "r0", "v5"));
        events.Add(Did(EventType.Share, "u0", "r0", "v99"));
        events.Add(Did(EventType.Skip, "u0", "r0", "v1"));
        archive.Add("impression", impressions);
        archive.AddEvents(events);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(["experiments", "report", "--archive", _folder.FullName, .. arguments], output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    [Fact]
    public async Task Rates_of_arms_come_from_impressions_joined_with_what_came_of_them()
    {
        WriteArchive();
        var (code, output, error) = await RunAsync("--layer", "order", "--json");
        Assert.True(code == 0, error);
        var report = JsonDocument.Parse(output).RootElement;
        var (control, diverse) = (report.GetProperty("arms").GetProperty("control"), report.GetProperty("arms").GetProperty("diverse"));
        Assert.Equal((100, 1000), (control.GetProperty("viewers").GetInt32(), control.GetProperty("impressions").GetInt32()));
        double Rate(JsonElement arm, string rate, string end = "value") => arm.GetProperty("rates").GetProperty(rate).GetProperty(end).GetDouble();
        Assert.Equal(1, Rate(control, "views"), 9);
        Assert.Equal(3, Rate(control, "watch_seconds"), 9);
        Assert.Equal(0.15, Rate(control, "likes"), 9);
        Assert.Equal(0.25, Rate(diverse, "likes"), 9);
        Assert.Equal(0, Rate(control, "shares"), 9);
        // Half of the viewers like one of ten, half two: standard deviation 0.05 over 100 viewers.
        Assert.Equal(0.15 - (1.96 * 0.005), Rate(control, "likes", "low"), 3);
        var difference = diverse.GetProperty("against_control").GetProperty("likes");
        Assert.Equal(0.1, difference.GetProperty("value").GetDouble(), 9);
        Assert.True(difference.GetProperty("low").GetDouble() > 0);
        Assert.Equal(1, report.GetProperty("sample_ratio_p").GetDouble(), 6);
        Assert.False(report.GetProperty("sample_ratio_mismatch").GetBoolean());
    }

    [Fact]
    public async Task Arms_that_lost_viewers_are_told_loudly()
    {
        WriteArchive(otherViewers: 40);
        Assert.Contains("MISMATCH", (await RunAsync("--layer", "order")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("MISMATCH", (await RunAsync("--layer", "order", "--share", "control=5", "--share", "diverse=2")).Output, StringComparison.Ordinal);
        Assert.Contains("MISMATCH", (await RunAsync("--layer", "order", "--share", "control=5", "--share", "diverse=2", "--share", "lost=1")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("MISMATCH", (await RunAsync("--layer", "order", "--share", "diverse=0.3")).Output, StringComparison.Ordinal);
        Assert.Contains("MISMATCH", (await RunAsync("--layer", "order", "--share", "diverse=0.7")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_told_in_a_sentence()
    {
        Assert.Contains("No impression", (await RunAsync("--layer", "order")).Error, StringComparison.Ordinal);
        WriteArchive();
        Assert.Contains("fresh, order", (await RunAsync()).Error, StringComparison.Ordinal);
        Assert.Contains("fresh, order", (await RunAsync("--layer", "other")).Error, StringComparison.Ordinal);
        Assert.Contains("--share x", (await RunAsync("--layer", "order", "--share", "x")).Error, StringComparison.Ordinal);
        Assert.Contains("the arms 1.5 of the viewers", (await RunAsync("--layer", "order", "--share", "diverse=1", "--share", "other=0.5")).Error, StringComparison.Ordinal);
    }
}
