using Google.Protobuf.WellKnownTypes;
using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Weights;
using Recommender.Tests.Shared;
using Recommender.Training.Assessing;
using Recommender.V1;

namespace Recommender.Tests.Unit.Standalone.Assess;

public sealed class AssessVerdictTests : IDisposable
{
    private readonly AssessedData _data = new();

    public void Dispose() => _data.Dispose();

    /// <summary>Everybody watches whatever comes.</summary>
    private static IEnumerable<Event> WithoutTaste(int viewers, int videos, int perViewer)
    {
        var random = new Random(5);
        for (var viewer = 0; viewer < viewers; viewer++)
            for (var n = 0; n < perViewer; n++)
                yield return TestEvents.One($"u{viewer}", $"v{(int)(videos * Math.Pow(random.NextDouble(), 2))}", random.Next(1_000_000), EventType.Like);
    }

    [Fact]
    public async Task Fifteen_videos_need_a_menu()
    {
        var videos = Enumerable.Range(0, 15).Select(i => new Video { VideoId = $"video-{i:D4}", Tags = { $"category {i % 3}" } });
        var report = await _data.AssessAsync(_data.WriteEvents(TestEvents.Tastes(100, 15, tastes: 3), videos));
        Assert.Equal("no_go", AssessedData.Decision(report));
        Assert.StartsWith("No-go: 15 videos in 3 categories need a menu, not a model", AssessedData.Headline(report), StringComparison.Ordinal);
        Assert.Contains("15 videos in 3 categories", _data.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_few_viewers_with_a_history_are_too_few()
    {
        var few = TestEvents.Tastes(20, 200).Concat(Enumerable.Range(0, 500).Select(i => TestEvents.One($"once-{i}", $"video-{i % 200:D4}", i, EventType.Like)));
        var report = await _data.AssessAsync(_data.WriteEvents(few));
        Assert.Equal("no_go", AssessedData.Decision(report));
        Assert.Contains("only 20 of 520 viewers", AssessedData.Headline(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Videos_that_nobody_has_in_common_teach_nothing()
    {
        var own = Enumerable.Range(0, 100).SelectMany(u => Enumerable.Range(0, 8).Select(i => TestEvents.One($"u{u}", $"v{u}-{i}", (u * 10) + i, EventType.Like)));
        var report = await _data.AssessAsync(_data.WriteEvents(own));
        Assert.Contains("only 0 of 800 videos have 5 viewers", AssessedData.Headline(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Viewers_without_tastes_of_their_own_are_served_by_popularity()
    {
        var report = await _data.AssessAsync(_data.WriteEvents(WithoutTaste(300, 200, 12)));
        Assert.Equal("no_go", AssessedData.Decision(report));
        Assert.Matches("not better than popularity beyond noise|worse than popularity", AssessedData.Headline(report));
        Assert.True(report.GetProperty("comparison").GetProperty("metrics").GetProperty("ndcg@20").GetProperty("gain").GetProperty("low").GetDouble() <= 0);
    }

    [Fact]
    public void Very_many_viewers_are_judged_by_some_of_them()
    {
        Comparison Compare(int judged)
        {
            var input = new AssessmentInput();
            foreach (var e in AssessedData.Past(TestEvents.Tastes(300, 100))) input.Add(e);
            return new Assessor(new AssessmentOptions { JudgedViewers = judged }, new InteractionWeights(), TimeProvider.System)
                .Assess(input, "test", "1", TestContext.Current.CancellationToken).Comparison!;
        }
        var (all, some) = (Compare(1000), Compare(40));
        Assert.True(all.Viewers > 200 && all.Viewers == all.AllViewers);
        Assert.InRange(some.Viewers, 20, 40);
        Assert.Equal(all.AllViewers, some.AllViewers);
        Assert.InRange(some.Metrics["ndcg@20"].Personal.Mean, all.Metrics["ndcg@20"].Personal.Mean - 0.2, all.Metrics["ndcg@20"].Personal.Mean + 0.2);
    }

    [Theory]
    [InlineData(0.001, 0.02, 0.04, "go", "Go: knowing the viewer finds 1.2 times what popularity finds")]
    [InlineData(0, 0.02, 0.04, "no_go", "No-go: a personal model is not better than popularity beyond noise")]
    [InlineData(-0.001, 0.02, 0.04, "no_go", "No-go: a personal model is not better than popularity beyond noise")]
    [InlineData(-0.04, -0.02, 0, "no_go", "No-go: a personal model is not better than popularity beyond noise")]
    [InlineData(-0.04, -0.02, -0.001, "no_go", "No-go: a personal model is worse than popularity")]
    public void Only_a_gain_whose_whole_interval_lies_above_zero_is_worth_a_model(double low, double mean, double high, string decision, string headline)
    {
        var input = new AssessmentInput();
        foreach (var e in AssessedData.Past(TestEvents.Tastes(100, 60))) input.Add(e);
        var report = new Assessor(new AssessmentOptions(), new InteractionWeights(), TimeProvider.System).Assess(input, "test", "1", TestContext.Current.CancellationToken);
        var compared = new ComparedMetric(new BootstrapInterval(0.1, 0.09, 0.11), new BootstrapInterval(0.1 + mean, 0.1, 0.2), new BootstrapInterval(mean, low, high));
        var metrics = report.Comparison!.Metrics.ToDictionary(m => m.Key, m => m.Key == "ndcg@20" ? compared : m.Value);
        var verdict = new VerdictRules(new AssessmentOptions()).Judge(report with { Comparison = report.Comparison with { Metrics = metrics } });
        Assert.Equal(decision, verdict.Decision.Replace("_with_care", "", StringComparison.Ordinal));
        Assert.StartsWith(headline, verdict.Headline.Replace("Go, with care:", "Go:", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Viewers_with_tastes_are_worth_a_model()
    {
        var events = TestEvents.Tastes(300, 200).ToArray();
        var report = await _data.AssessAsync(_data.WriteEvents(events, Enumerable.Range(0, 200).Select(i => Lasting($"video-{i:D4}", 60))));
        Assert.Equal(("go", ""), (AssessedData.Decision(report), AssessedData.Cautions(report)));
        Assert.StartsWith("Go: knowing the viewer finds ", AssessedData.Headline(report), StringComparison.Ordinal);
        var gain = report.GetProperty("comparison").GetProperty("metrics").GetProperty("ndcg@20").GetProperty("gain");
        Assert.True(gain.GetProperty("low").GetDouble() > 0);
        Assert.Equal((events.Length, 300, 200), (report.GetProperty("counts").GetProperty("events").GetInt32(), report.GetProperty("counts").GetProperty("viewers").GetInt32(), report.GetProperty("counts").GetProperty("videos").GetInt32()));
        Assert.True(File.Exists(Path.ChangeExtension(_data.ReportPath, ".json")));

        var (code, summary, _) = await _data.RunAsync(Path.Combine(_data.Folder, "events.jsonl"), "--format", "jsonl");
        Assert.Equal(0, code);
        Assert.Contains("Go: knowing the viewer", summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_report_is_one_file_with_plots_and_no_way_out()
    {
        // A machine whose name is hostile is shown as an outlier, and a bad line in a file whose name is hostile as a problem.
        const string Hostile = "<script>alert(1)</script>\"'><img src=x>";
        var machine = Enumerable.Range(0, 60).Select(i => TestEvents.One(Hostile, $"video-{i:D4}", 30.0 * i, id: $"h{i}"));
        var events = _data.WriteEvents(TestEvents.Tastes(60, 60).Concat(machine));
        var named = Path.Combine(_data.Folder, "<img src=y>.jsonl");
        File.WriteAllText(named, File.ReadAllText(events) + "{\"type\":\"<link>\",\"user_id\":\"u\"}\n");
        var report = await _data.AssessAsync(named);
        Assert.Equal(Hostile, report.GetProperty("outliers").GetProperty("examples")[0].GetProperty("viewer_id").GetString());
        var html = _data.Html;
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
        Assert.Contains("<li>&lt;img src=y&gt;.jsonl, line ", html, StringComparison.Ordinal);
        Assert.Contains("<h1>Is a model worth it? &lt;img src=y&gt;.jsonl</h1>", html, StringComparison.Ordinal);
        Assert.True(html.Split("<svg").Length > 6);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<link", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http", html.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_is_assessed_as_the_same_events_in_files_are()
    {
        var events = TestEvents.Tastes(80, 70).ToArray();
        var fromFile = await _data.AssessAsync(_data.WriteEvents(events));
        var archive = new TestArchive(Path.Combine(_data.Folder, "archive"));
        archive.AddEvents(AssessedData.Past(events), rowsPerFile: 300, partitions: 2);
        archive.Add("catalog", """{"video_id":"video-0001","tags":["a","b"]}""");
        var (code, output, _) = await _data.RunAsync("--archive", archive.Root, "--json");
        Assert.Equal(0, code);
        var fromArchive = System.Text.Json.JsonDocument.Parse(output).RootElement;
        Assert.Equal(fromFile.GetProperty("data_version").GetString(), fromArchive.GetProperty("data_version").GetString());
        Assert.Equal(fromFile.GetProperty("comparison").GetRawText(), fromArchive.GetProperty("comparison").GetRawText());
        Assert.Equal(2, fromArchive.GetProperty("counts").GetProperty("categories").GetInt32());
    }

    [Fact]
    public async Task Wrong_wishes_are_told_in_a_sentence()
    {
        var file = _data.WriteEvents([]);
        Assert.Equal(2, (await _data.RunAsync()).Code);
        Assert.Equal(2, (await _data.RunAsync(file)).Code);
        Assert.Equal(2, (await _data.RunAsync(file, "--format", "jsonl", "--archive", _data.Folder)).Code);
        var (wrong, _, sentence) = await _data.RunAsync(file, "--format", "magic");
        Assert.Equal(2, wrong);
        Assert.StartsWith("--format is 'magic'; it must be one of kuairand, ", sentence, StringComparison.Ordinal);
        Assert.Equal(2, (await _data.RunAsync("--archive", Path.Combine(_data.Folder, "nowhere"))).Code);
        var (code, _, errors) = await _data.RunAsync(Path.Combine(_data.Folder, "nowhere"), "--format", "jsonl");
        Assert.Equal(2, code);
        Assert.Contains("is not there", errors, StringComparison.Ordinal);
    }

    private static Event Watched(string user, string video, double second, double watched) => TestEvents.One(user, video, second, EventType.View, watched);

    private static Video Lasting(string id, double seconds) => new() { VideoId = id, Duration = Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds)) };

    [Fact]
    public async Task Signals_are_correlated_over_pairs()
    {
        // Ratio 0.1, 0.5, 0.9, 1.0 with likes 0, 0, 1, 1 and shares 0, 0, 0, 1; one pair has no view.
        Event[] events =
        [
            Watched("a", "v", 1, 1), Watched("b", "v", 2, 5), Watched("c", "v", 3, 9), Watched("d", "v", 4, 10), TestEvents.One("c", "v", 5, EventType.Like),
            TestEvents.One("d", "v", 6, EventType.Like), TestEvents.One("d", "v", 7, EventType.Share), TestEvents.One("e", "v", 8, EventType.Like),
        ];
        var report = await _data.AssessAsync(_data.WriteEvents(events, [Lasting("v", 10)]));
        var found = report.GetProperty("correlations").EnumerateArray().ToDictionary(c => $"{c.GetProperty("first").GetString()}-{c.GetProperty("second").GetString()}");
        Assert.Equal(0.912421, found["watch_ratio-like"].GetProperty("pearson").GetDouble(), 1e-4);
        Assert.Equal(0.894427, found["watch_ratio-like"].GetProperty("spearman").GetDouble(), 1e-6);
        Assert.Equal(4, found["watch_ratio-like"].GetProperty("pairs").GetInt32());
        Assert.Equal(5, found["like-share"].GetProperty("pairs").GetInt32());
        Assert.Equal(0.408248, found["like-share"].GetProperty("pearson").GetDouble(), 1e-6);
        var ratio = report.GetProperty("signals").GetProperty("watch_ratio");
        Assert.Equal((0.1, 0.625, 1.0), (Math.Round(ratio.GetProperty("min").GetDouble(), 6), Math.Round(ratio.GetProperty("mean").GetDouble(), 6), ratio.GetProperty("max").GetDouble()));
    }

    [Fact]
    public async Task Decisions_about_authors_are_counted_and_are_neither_bad_lines_nor_interactions()
    {
        Event[] mutes = [.. new[] { EventType.MuteAuthor, EventType.MuteAuthor, EventType.UnmuteAuthor, EventType.FollowAuthor }.Select((type, i) =>
        {
            var e = TestEvents.One("a", "", 10 + i, type);
            e.AuthorId = $"author{i}";
            return e;
        })];
        var counts = (await _data.AssessAsync(_data.WriteEvents([Watched("a", "v", 1, 1), Watched("b", "w", 2, 5), .. mutes]))).GetProperty("counts");
        Assert.Equal((6, 0, 2), (counts.GetProperty("lines").GetInt32(), counts.GetProperty("bad_lines").GetInt32(), counts.GetProperty("events").GetInt32()));
        var types = counts.GetProperty("events_by_type");
        Assert.Equal((2, 1, 1), (types.GetProperty("mute_author").GetInt32(), types.GetProperty("unmute_author").GetInt32(), types.GetProperty("follow_author").GetInt32()));
        Assert.Contains("events of type mute_author", _data.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Robots_gaps_repetitions_and_impossible_values_are_found()
    {
        var people = TestEvents.Tastes(100, 80).ToList();
        var robot = Enumerable.Range(0, 6000).Select(i => TestEvents.One("robot", $"video-{i % 80:D4}", 2_000_000 + i, id: $"r{i}"));
        var regular = Enumerable.Range(0, 60).Select(i => TestEvents.One("clock", $"video-{i:D4}", 30.0 * i, id: $"k{i}"));
        var again = people.Take(7);
        Event[] odd = [Watched("x", "video-0001", 3, 200_000), Watched("x", "VIDEO-0001", -2e9, 1), TestEvents.One("null", "video-0002", 4), TestEvents.One("late", "video-0002", 4e9)];
        var report = await _data.AssessAsync(_data.WriteEvents([.. people, .. robot, .. regular, .. again, .. odd], [Lasting("video-0001", 10)]));
        var examples = report.GetProperty("outliers").GetProperty("examples").EnumerateArray().ToDictionary(o => o.GetProperty("viewer_id").GetString()!, o => o.GetProperty("why").GetString()!);
        Assert.Equal(["clock", "robot"], examples.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("same time between", examples["clock"], StringComparison.Ordinal);
        Assert.Contains("Viewers who do not behave like people make 69 % of the events (2 of ", AssessedData.Cautions(report), StringComparison.Ordinal);
        Assert.Equal(7, report.GetProperty("counts").GetProperty("duplicates").GetInt32());
        var checks = report.GetProperty("checks");
        foreach (var name in new[] { "watch_time_above_24_hours", "watch_ratio_above_10", "time_before_1990", "time_in_the_future", "odd_id", "ids_that_differ_in_case_only" })
            Assert.True(checks.GetProperty(name).GetInt32() == 1, name);
        Assert.True(report.GetProperty("time").GetProperty("gaps")[0].GetProperty("hours").GetDouble() > 200_000);
    }
}
