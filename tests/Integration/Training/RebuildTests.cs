using System.Text.Json;
using System.Text.Json.Nodes;
using Recommender.Hosting.Artifacts;
using Recommender.Standalone.Cli;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;

namespace Recommender.Tests.Integration.Training;

public sealed class RebuildTests(EmbeddedKafkaFixture kafka, RedisFixture redis) : TrainingTest(kafka, redis)
{
    private string ArchivePath => Path.Combine(Folder, "archive");

    private async Task<(TrainingHost Host, string Version, string Manifest)> MakeAsync()
    {
        Archive.AddEvents(TestEvents.Tastes(80, 60), rowsPerFile: 500, partitions: 3);
        Archive.Add("catalog", """{"video_id":"video-0001","duration_ms":12000}""");
        var host = await StartAsync();
        var version = (await host.SucceedAsync()).ModelVersion;
        return (host, version, host.Store.PathOf(version, "manifest.json"));
    }

    private static async Task<(int Code, string Output, string Errors)> TrainAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await CommandLine.RunAsync(["train", .. arguments], output, errors, Token);
        return (code, output.ToString(), errors.ToString());
    }

    [Fact]
    public async Task A_model_is_made_again_bit_for_bit_although_the_archive_has_grown()
    {
        var (host, version, manifest) = await MakeAsync();
        var grown = new TestArchive(ArchivePath);
        grown.AddEvents(TestEvents.Tastes(90, 60, seed: 2), log: "later");
        var rebuilt = Path.Combine(Folder, "rebuilt");
        var (code, output, errors) = await TrainAsync("--from-manifest", manifest, "--archive", ArchivePath, "--out", rebuilt, "--json");
        Assert.Equal((0, ""), (code, errors));
        using var result = JsonDocument.Parse(output);
        var files = result.RootElement.GetProperty("files").EnumerateArray().ToDictionary(f => f.GetProperty("name").GetString()!, f => f.GetProperty("actual").GetString());
        Assert.Equal(["MLmodel", "item_factors.npy", "item_ids.jsonl", "item_rates.npy", "popularity.npy"], files.Keys.Order(StringComparer.Ordinal));
        foreach (var file in host.Store.Find(version)!.Files) Assert.Equal(file.Sha256, files[file.Name]);
        string[] Names(string folder) => [.. Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        var made = Path.GetDirectoryName(manifest)!;
        Assert.Equal(Names(made), Names(Path.Combine(rebuilt, version)));
        foreach (var name in Names(made))
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(made, name), Token), await File.ReadAllBytesAsync(Path.Combine(rebuilt, version, name), Token));
        (code, output, _) = await TrainAsync("--from-manifest", Path.GetDirectoryName(manifest)!, "--archive", ArchivePath);
        Assert.Equal(0, code);
        Assert.Contains("The model is the same bit for bit.", output, StringComparison.Ordinal);
        (code, _, errors) = await TrainAsync("--from-manifest", manifest, "--archive", ArchivePath, "--out", rebuilt);
        Assert.Equal(1, code);
        Assert.Contains("is there already", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_began_with_the_live_factors_is_made_again_from_that_start_alone()
    {
        Archive.AddEvents(TestEvents.Tastes(80, 60), rowsPerFile: 500, partitions: 3);
        var host = await StartAsync("Training:Candidates=ials", "Training:WarmStartShare=1");
        var first = (await host.SucceedAsync()).ModelVersion;
        var added = TestEvents.Tastes(90, 70, seed: 2).ToArray();
        new TestArchive(ArchivePath).AddEvents(added, log: "later");
        var run = await host.RunScheduledAsync();
        var (made, start) = (host.Store.Find(run.ModelVersion)!, host.Store.Find(first)!);
        string Sha256(string file) => start.Files.Single(f => f.Name == file).Sha256;
        Assert.Equal(new ModelStart(first, Sha256("item_factors.npy"), Sha256("item_ids.jsonl"), NewEvents: added.Length), made.StartedFrom);
        Assert.Equal((first, Sha256("item_factors.npy")), (run.Parameters["run.started_from"], run.Parameters["run.started_from_sha256"]));
        var tags = new MlflowReader(Path.Combine(Folder, "models", "mlruns")).Runs()[run.RunId].Tags;
        Assert.Equal((first, Sha256("item_factors.npy")), (tags["recommender.started_from"], tags["recommender.started_from_sha256"]));

        var manifest = host.Store.PathOf(made.Version, "manifest.json");
        foreach (var path in new[] { manifest, Path.GetDirectoryName(manifest)! })
        {
            var (code, output, _) = await TrainAsync("--from-manifest", path, "--archive", ArchivePath);
            Assert.Equal(0, code);
            Assert.Contains("The model is the same bit for bit.", output, StringComparison.Ordinal);
        }
        var copy = Path.Combine(Folder, "elsewhere", "copy", "manifest.json");
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(manifest, copy);
        Assert.Equal(0, (await TrainAsync("--from-manifest", copy, "--archive", ArchivePath, "--models", Path.Combine(Folder, "models"))).Code);
        Assert.Contains($"began with the factors of {first} and can't be made again without them: item_factors.npy of model {first} is gone from ", await FailsAsync(copy), StringComparison.Ordinal);

        // Without its start it would be another model: the start is what makes the bits.
        var random = JsonNode.Parse(await File.ReadAllTextAsync(manifest, Token))!;
        random["started_from"] = null;
        await File.WriteAllTextAsync(copy, random.ToJsonString(), Token);
        Assert.Equal(1, (await TrainAsync("--from-manifest", copy, "--archive", ArchivePath)).Code);

        foreach (var file in new[] { "item_factors.npy", "item_ids.jsonl" })
        {
            var path = host.Store.PathOf(first, file);
            var good = await File.ReadAllBytesAsync(path, Token);
            await File.WriteAllBytesAsync(path, [.. good[..^2], (byte)(good[^2] ^ 1), good[^1]], Token);
            Assert.Matches($"the checksum of {file} of model {first} is [0-9a-f]{{64}}, not {Sha256(file)}", await FailsAsync(manifest));
            await File.WriteAllBytesAsync(path, good, Token);
        }
        host.Store.Delete(first);
        Assert.Contains("is gone from", await FailsAsync(manifest), StringComparison.Ordinal);

        async Task<string> FailsAsync(string path)
        {
            var (code, _, errors) = await TrainAsync("--from-manifest", path, "--archive", ArchivePath);
            Assert.Equal(1, code);
            Assert.Single(errors.TrimEnd().Split('\n'));
            return errors;
        }
    }

    [Fact]
    public async Task Another_recipe_makes_another_model()
    {
        var (_, _, manifest) = await MakeAsync();
        var changed = JsonNode.Parse(await File.ReadAllTextAsync(manifest, Token))!;
        changed["requested_parameters"]!["seed"] = "77";
        await File.WriteAllTextAsync(manifest, changed.ToJsonString(), Token);
        var (code, output, _) = await TrainAsync("--from-manifest", manifest, "--archive", ArchivePath);
        Assert.Equal(1, code);
        Assert.Contains("The model differs.", output, StringComparison.Ordinal);
        Assert.Matches("item_factors.npy +DIFFERENT", output);
        Assert.Matches("item_ids.jsonl +the same bits", output);
    }

    [Fact]
    public async Task What_is_missing_is_said_in_a_sentence()
    {
        var (_, _, manifest) = await MakeAsync();
        Assert.Contains("There is no archive at", await FailsAsync(manifest, Path.Combine(Folder, "nowhere")), StringComparison.Ordinal);
        Assert.Contains("The manifest can't be read", await FailsAsync(Path.Combine(Folder, "none.json"), ArchivePath), StringComparison.Ordinal);
        var bad = Path.Combine(Folder, "bad.json");
        await File.WriteAllTextAsync(bad, "{", Token);
        Assert.Contains("is no manifest of a model", await FailsAsync(bad, ArchivePath), StringComparison.Ordinal);

        var newest = Directory.GetFiles(Path.Combine(ArchivePath, "type=like"), "*.gz", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        var aside = Path.Combine(Folder, "aside");
        File.Move(newest, aside);
        Assert.Contains("log/like/2", await FailsAsync(manifest, ArchivePath), StringComparison.Ordinal);
        File.Move(aside, newest);
        Assert.Equal(0, (await TrainAsync("--from-manifest", manifest, "--archive", ArchivePath)).Code);

        new TestArchive(ArchivePath).Add("erasure", """{"user_id":"viewer-0003","requested_at":"2030-01-01T00:00:00Z"}""");
        Assert.Contains("asked to be forgotten", await FailsAsync(manifest, ArchivePath), StringComparison.Ordinal);

        async Task<string> FailsAsync(string path, string archive)
        {
            var (code, _, errors) = await TrainAsync("--from-manifest", path, "--archive", archive);
            Assert.Equal(1, code);
            Assert.Single(errors.TrimEnd().Split('\n'));
            return errors;
        }
    }

    [Fact]
    public async Task A_run_of_a_running_system_is_started_and_followed()
    {
        Archive.AddEvents(TestEvents.Tastes(80, 60));
        var host = await StartAsync();
        var (code, output, errors) = await TrainAsync("--to", host.GrpcAddress, "--trainer", "ials", "--set", "factors=8");
        Assert.Equal((0, ""), (code, errors));
        var live = host.Store.ReadLive().Version;
        Assert.Contains($"Model {live} is live: ials reaches", output, StringComparison.Ordinal);
        Assert.Contains("running", output, StringComparison.Ordinal);
        Assert.Contains("100 %", output, StringComparison.Ordinal);
        Assert.Matches("ndcg@20 +0\\.\\d+ +0\\.\\d+ to 0\\.\\d+ +0\\.\\d+", output);

        (code, output, _) = await TrainAsync("--to", host.GrpcAddress, "--no-promote", "--json");
        Assert.Equal(0, code);
        Assert.Equal(host.Store.List()[0].Version, JsonNode.Parse(output)!["model_version"]!.GetValue<string>());
        Assert.Equal(live, host.Store.ReadLive().Version);

        Assert.Equal(2, (await TrainAsync("--to", host.GrpcAddress, "--trainer", "magic")).Code);
        Assert.Equal(2, (await TrainAsync("--to", host.GrpcAddress, "--set", "x")).Code);
        Assert.Equal(2, (await TrainAsync("--from-manifest", "x", "--trainer", "ials")).Code);
        Assert.Equal(2, (await TrainAsync("--out", "x")).Code);
        Assert.Equal(2, (await TrainAsync("--models", "x")).Code);
        (code, _, errors) = await TrainAsync("--to", "127.0.0.1:1");
        Assert.Equal(1, code);
        Assert.Contains("Nothing answers at 127.0.0.1:1", errors, StringComparison.Ordinal);
    }
}
