using System.Globalization;
using System.IO.Compression;
using Google.Protobuf.WellKnownTypes;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Training;

/// <summary>Public data, from the folder that RECOMMENDER_TEST_DATA names.</summary>
public sealed class RealDataTests(EmbeddedKafkaFixture kafka, RedisFixture redis) : TrainingTest(kafka, redis)
{
    [Fact]
    public async Task Implicit_ALS_beats_popularity_on_MovieLens()
    {
        var file = Require("ml_100k", "ml-100k.inter.gz");
        Archive.AddEvents(MovieLens(file), rowsPerFile: 10_000, partitions: 8);
        var host = await StartAsync("Training:Parameters:ials:factors=32", "Training:Parameters:ials:iterations=10");
        await AssertBeatsPopularityAsync(host);
    }

    [Fact]
    public async Task Implicit_ALS_beats_popularity_on_KuaiRand()
    {
        var file = Require("kuairand_27k_events", "");
        Archive.AddEvents(KuaiRand(file), rowsPerFile: 10_000, partitions: 8);
        var host = await StartAsync("Training:Parameters:ials:factors=32", "Training:Parameters:ials:iterations=10");
        await AssertBeatsPopularityAsync(host);
    }

    /// <summary>Ratings of four and five stars, as likes.</summary>
    internal static IEnumerable<Event> MovieLens(string file) =>
        from row in Rows(file).Skip(1)
        where float.Parse(row[2], CultureInfo.InvariantCulture) >= 4
        let at = DateTimeOffset.FromUnixTimeSeconds((long)double.Parse(row[3], CultureInfo.InvariantCulture))
        select NewEvent($"{row[0]}-{row[1]}", EventType.Like, row[0], row[1], at);

    /// <summary>Every row is a view, and a like or a dislike.</summary>
    internal static IEnumerable<Event> KuaiRand(string file)
    {
        // user_id video_id date hourmin time_ms is_click is_follow is_comment is_forward long_view play_time_ms duration_ms ... label timestamp
        foreach (var row in Rows(file).Skip(1))
        {
            var at = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(row[4], CultureInfo.InvariantCulture));
            var view = NewEvent($"{row[0]}-{row[1]}-{row[4]}-view", EventType.View, row[0], row[1], at);
            view.WatchTime = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(long.Parse(row[10], CultureInfo.InvariantCulture)));
            yield return view;
            yield return NewEvent($"{row[0]}-{row[1]}-{row[4]}-opinion", row[^2] == "1" ? EventType.Like : EventType.NotInterested, row[0], row[1], at);
        }
    }

    private static Event NewEvent(string id, EventType type, string user, string video, DateTimeOffset at) =>
        new() { EventId = id, Type = type, UserId = user, VideoId = video, OccurredAt = Timestamp.FromDateTimeOffset(at) };

    private static async Task AssertBeatsPopularityAsync(TrainingHost host)
    {
        var run = (await host.RunAsync(new StartTrainingRunRequest { PromoteIfBetter = true }))[^1];
        Assert.Equal((TrainingRun.Types.State.Succeeded, "ials"), (run.State, run.Trainer));
        Assert.True(run.Metrics["ndcg@20"] > run.Metrics["popularity_ndcg@20"], string.Join(", ", run.Metrics));
        Assert.True(run.Metrics["test_viewers"] > 20);
        Assert.Equal(0, run.Metrics["unreadable_rows"]);
    }

    internal static string Require(string set, string name)
    {
        var root = Environment.GetEnvironmentVariable("RECOMMENDER_TEST_DATA") ?? "";
        var folder = Path.Combine(root, set);
        var file = root.Length > 0 && Directory.Exists(folder) ? Directory.GetFiles(folder, name.Length > 0 ? name : "*.gz").Order().FirstOrDefault() : null;
        Assert.SkipWhen(file is null, $"RECOMMENDER_TEST_DATA names no folder with {set}; the public data sets are not part of the repository");
        return file!;
    }

    private static IEnumerable<string[]> Rows(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line) yield return line.Split('\t');
    }
}
