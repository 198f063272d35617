using Recommender.Tests.EndToEnd.Standalone;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.EndToEnd.Archive;

/// <summary>The commands that forget and prove, against a running system.</summary>
public sealed class ArchiveCommandTests : IAsyncLifetime
{
    private readonly TempDirectory _data = new();
    private RunningSystem? _system;

    private string Archive => Path.Combine(_data.Path, "data", "archive");

    public async ValueTask InitializeAsync() => _system = await RunningSystem.StartAsync(Path.Combine(_data.Path, "data"), "--empty");

    public async ValueTask DisposeAsync()
    {
        if (_system is not null) await _system.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task A_forgotten_viewer_leaves_an_archive_that_can_be_proven_against_kafka()
    {
        foreach (var user in (string[])["ann", "bob"])
            for (var i = 0; i < 5; i++) await _system!.Door.TrackEventAsync(new TrackEventRequest { Event = new Event { Type = EventType.Like, UserId = user, VideoId = $"clip{i}" } });
        var forget = await _system!.CommandAsync("forget", "ann", "--wait");
        Assert.Equal((0, ""), (forget.Code, forget.Errors));
        Assert.Contains("completed at ", forget.Output, StringComparison.Ordinal);
        var id = forget.Output.Split('\n')[0].Split(' ')[^1].Trim();
        Assert.Contains("completed at ", (await _system.CommandAsync("forget", "--status", id)).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await _system.CommandAsync("forget", "--status", "unknown")).Code);
        Assert.Equal(2, (await _system.CommandAsync("forget")).Code);

        var proof = await RecommenderProcess.RunAsync("archive", "verify", "--archive", Archive, "--kafka", _system.Kafka, "--redis", $"127.0.0.1:{_system.RedisPort}");
        Assert.True(proof.Code == 0, proof.Output + proof.Errors);
        Assert.Contains("proven", proof.Output, StringComparison.Ordinal);
        var likes = proof.Output.Split('\n').Where(l => l.StartsWith("like ", StringComparison.Ordinal)).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        Assert.Equal(5, likes.Sum(l => int.Parse(l[6], null))); // of ten offsets
        Assert.All(likes, l => Assert.Equal(l[2], l[3])); // Kafka's offsets are the archive's
        // Another log is not the one that was archived.
        var other = await RecommenderProcess.RunAsync("archive", "verify", "--archive", Archive, "--kafka", _system.Kafka, "--log", "another");
        Assert.Equal(0, other.Code);
        Assert.Contains("of logs that are no more", other.Output, StringComparison.Ordinal);
        Assert.Contains("not held against Kafka, which has none of the archived logs", other.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await RecommenderProcess.RunAsync("archive", "compact", "--archive", Archive, "--files", "1")).Code);
        Assert.Equal(1, (await RecommenderProcess.RunAsync("archive", "verify", "--archive", Archive, "--kafka", "127.0.0.1:1")).Code);
    }
}
