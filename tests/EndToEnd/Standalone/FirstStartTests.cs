using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.EndToEnd.Standalone;

/// <summary>What a newcomer sees, from the first start to the second.</summary>
public sealed partial class FirstStartTests
{
    [Fact]
    public async Task The_first_start_plays_an_audience_trains_and_shows_what_a_like_changes_and_the_second_one_continues()
    {
        using var data = new TempDirectory();
        await using var first = await RunningSystem.StartAsync(data.Path);
        await first.Process.WaitForAsync("Ctrl-C stops it.");
        CheckTheStory(first.Process.Output);
        var suggested = Suggestion().Match(first.Process.Output).Groups["viewer"].Value;
        Assert.Contains((await first.RecommendWithAllPartsAsync(suggested)).Videos, v => v.Source is Source.Realtime or Source.Precomputed);

        // It stays up, and a like through the door changes the same viewer's next answer.
        var before = await first.RecommendWithAllPartsAsync("viewer-0100");
        var liked = before.Videos[0].VideoId;
        await first.Door.TrackEventAsync(new TrackEventRequest { Event = new Event { Type = EventType.Like, UserId = "viewer-0100", VideoId = liked } });
        await Eventually.TrueAsync(async () => (await first.RecommendAsync("viewer-0100")).Videos is var now && now.All(v => v.VideoId != liked) && now.Count == 10);
        var known = await first.UserAsync("viewer-0100");
        await first.Catalog.DeleteVideosAsync(new DeleteVideosRequest { VideoIds = { "video-0001" } });

        var children = first.Process.Children();
        Assert.NotEmpty(children);
        Assert.Equal(0, await first.Process.InterruptAsync());
        Assert.EndsWith($"Stopped; the data stays in {data.Path}.\n", first.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(children, RecommenderProcess.IsAlive);
        var catalogRows = CatalogRows(data.Path);

        await using var second = await RunningSystem.StartAsync(data.Path);
        await second.Process.WaitForAsync("Ctrl-C stops it.");
        Assert.Contains("Continuing where the last start ended", second.Process.Output, StringComparison.Ordinal);
        Assert.Equal(suggested, Suggestion().Match(second.Process.Output).Groups["viewer"].Value);
        Assert.DoesNotContain("simulated audience plays:", second.Process.Output, StringComparison.Ordinal);
        Assert.Equal(known, await second.UserAsync("viewer-0100"));
        await Eventually.TrueAsync(async () => (await second.RecommendAsync("viewer-0100")).ModelVersion == before.ModelVersion);
        var after = await second.RecommendWithAllPartsAsync("viewer-0100");
        Assert.DoesNotContain(after.Videos, v => v.VideoId == liked);
        Assert.Equal(1000, await CatalogRecordsAsync(second));
        Assert.NotEmpty((await second.Serving.TrendingVideosAsync(new TrendingVideosRequest { Count = 5, Window = "24h" })).Videos);
        Assert.Equal(0, await second.Process.TerminateAsync());
        Assert.Equal(catalogRows, CatalogRows(data.Path)); // what is restored is not archived again
    }

    private static void CheckTheStory(string output)
    {
        var taken = Taken().Match(output);
        Assert.True(taken.Success, output);
        Assert.Equal("60,000", taken.Groups["events"].Value);
        var model = Model().Match(output);
        Assert.True(model.Success, output);
        var (own, popular) = (Number(model.Groups["own"]), Number(model.Groups["popular"]));
        Assert.True(own > 1.5 * popular, model.Value);
        var likes = Likes().Matches(output);
        Assert.True(likes.Count == 3, output);
        Assert.All(likes, l => Assert.True(Number(l.Groups["after"]) > Number(l.Groups["before"]), output));

        static double Number(Group group) => double.Parse(group.Value, CultureInfo.InvariantCulture);
    }

    private static async Task<long> CatalogRecordsAsync(RunningSystem system)
    {
        var list = await system.CommandAsync("topics", "list");
        return long.Parse(CatalogLine().Match(list.Output).Groups["records"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }

    private static int CatalogRows(string data) => Directory.EnumerateFiles(Path.Combine(data, "archive", "type=catalog"), "*.gz", SearchOption.AllDirectories).Sum(file =>
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        var lines = 0;
        while (reader.ReadLine() is not null) lines++;
        return lines;
    });

    [GeneratedRegex(@"(?<events>[\d,]+) events taken through the gRPC door in [\d.]+ s .*, 0 refused\.")]
    private static partial Regex Taken();

    [GeneratedRegex(@"Model \S+ \(ials\) trained in [\d.]+ s: nDCG@20 (?<own>0\.\d+), against (?<popular>0\.\d+) for recommending what is popular\.")]
    private static partial Regex Model();

    [GeneratedRegex(@"among the first 10: (?<before>\d+) before, (?<after>\d+) after")]
    private static partial Regex Likes();

    [GeneratedRegex(@"build/recommender recommend (?<viewer>\S+)")]
    private static partial Regex Suggestion();

    [GeneratedRegex(@"recommender\.catalog\.v1 +\d+ +(?<records>[\d,]+)")]
    private static partial Regex CatalogLine();
}
