using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts.Json;
using Recommender.Standalone.Cli;
using Recommender.V1;

namespace Recommender.Tests.Unit.Standalone.Assess;

/// <summary>A folder with data to assess, and what <c>recommender assess</c> made of it.</summary>
internal sealed class AssessedData : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("assess-").FullName;

    public string ReportPath => Path.Combine(Folder, "out", "report.html");

    public string Html => File.ReadAllText(ReportPath);

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public string WriteEvents(IEnumerable<Event> events, IEnumerable<Video>? videos = null)
    {
        var text = new StringBuilder();
        foreach (var video in videos ?? []) text.Append(Encoding.UTF8.GetString(VideoJson.Serialize(video))).Append('\n');
        foreach (var e in Past(events)) text.Append(Encoding.UTF8.GetString(EventJson.Serialize(e))).Append('\n');
        return Write("events.jsonl", text.ToString());
    }

    /// <summary>The same events years earlier: whatever the clock of this machine says, none of them lies in the future.</summary>
    public static IEnumerable<Event> Past(IEnumerable<Event> events) => events.Select(e =>
    {
        var past = e.Clone();
        past.OccurredAt = Timestamp.FromDateTimeOffset(e.OccurredAt.ToDateTimeOffset().AddDays(-2000));
        return past;
    });

    public async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await CommandLine.RunAsync(["assess", .. arguments, "--report", ReportPath], output, errors, TestContext.Current.CancellationToken);
        return (code, output.ToString(), errors.ToString());
    }

    /// <summary>Assesses a file of events and returns the JSON.</summary>
    public async Task<JsonElement> AssessAsync(string path, string format = "jsonl")
    {
        var (code, output, errors) = await RunAsync(path, "--format", format, "--json");
        Assert.Equal((0, ""), (code, errors));
        return JsonDocument.Parse(output).RootElement;
    }

    public static string Headline(JsonElement report) => report.GetProperty("verdict").GetProperty("headline").GetString()!;

    public static string Decision(JsonElement report) => report.GetProperty("verdict").GetProperty("decision").GetString()!;

    public static string Cautions(JsonElement report) => string.Join('\n', report.GetProperty("verdict").GetProperty("cautions").EnumerateArray().Select(c => c.GetString()));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
