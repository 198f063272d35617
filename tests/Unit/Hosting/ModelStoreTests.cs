using Recommender.Hosting.Artifacts;

namespace Recommender.Tests.Unit.Hosting;

public sealed class ModelStoreTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("models-").FullName;
    private readonly ModelStore _store;

    public ModelStoreTests() => _store = new ModelStore(new StorageOptions { ModelsPath = _root });

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private ModelManifest Save(string version, int day = 1) => _store.Save(
        new ModelManifest
        {
            Version = version,
            RunId = "run",
            Trainer = "popularity",
            Parameters = new Dictionary<string, string>(),
            Weights = new Dictionary<string, string>(),
            DataVersion = "data",
            DataRanges = new Dictionary<string, string>(),
            CodeVersion = "code",
            Metrics = new Dictionary<string, double> { ["ndcg@20"] = 0.5 },
            CreatedAt = new DateTimeOffset(2026, 11, day, 0, 0, 0, TimeSpan.Zero),
            Items = 1,
            Factors = 0,
            Files = [],
        },
        new Dictionary<string, Action<Stream>> { ["b.bin"] = s => s.Write("bbb"u8), ["a.bin"] = s => s.Write("a"u8) });

    [Fact]
    public void Of_a_version_that_cannot_be_written_nothing_stays()
    {
        var manifest = Save("m1");
        var writers = new Dictionary<string, Action<Stream>> { ["a.bin"] = s => s.Write("a"u8), ["b.bin"] = _ => throw new IOException("No space left on device") };
        Assert.Throws<IOException>(() => _store.Save(manifest with { Version = "m2" }, writers));
        Assert.Equal(["m1"], Directory.EnumerateDirectories(_root).Select(Path.GetFileName));
        Assert.Throws<IOException>(() => AtomicFile.Write(Path.Combine(_root, "c"), writers["b.bin"]));
        Assert.Empty(Directory.EnumerateFiles(_root));
    }

    [Fact]
    public void A_saved_version_is_found_with_the_sizes_and_checksums_of_its_files()
    {
        var saved = Save("m1");
        var found = _store.Find("m1")!;
        Assert.Equal(["a.bin 1", "b.bin 3"], found.Files.Select(f => $"{f.Name} {f.Bytes}"));
        Assert.Equal(saved.Files, found.Files);
        Assert.Equal("3e744b9dc39389baf0c5a0660589b8402f3dbb49b89b3e75f2c9355852a3c677", found.Files[1].Sha256);
        _store.Verify(found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../m1")]
    [InlineData("m1/../m1")]
    [InlineData("nobody")]
    public void Only_plain_names_of_versions_are_found(string version)
    {
        Save("m1");
        Assert.Null(_store.Find(version));
    }

    [Fact]
    public void A_version_half_written_is_not_visible()
    {
        Assert.Throws<IOException>(() => _store.Save(Save("m1") with { Version = "m2" }, new Dictionary<string, Action<Stream>> { ["a"] = _ => throw new IOException("full") }));
        Assert.Null(_store.Find("m2"));
        Assert.Equal(["m1"], _store.List().Select(m => m.Version));
        _store.DeleteLeftovers();
        Assert.Equal(["m1"], Directory.GetDirectories(_root).Select(Path.GetFileName));
    }

    [Fact]
    public void A_damaged_or_missing_file_is_named()
    {
        var manifest = Save("m1");
        File.WriteAllText(_store.PathOf("m1", "b.bin"), "bbc");
        Assert.Contains("b.bin", Assert.Throws<InvalidDataException>(() => _store.Verify(manifest)).Message, StringComparison.Ordinal);
        File.Delete(_store.PathOf("m1", "b.bin"));
        Assert.Contains("b.bin", Assert.Throws<InvalidDataException>(() => _store.Verify(manifest)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Versions_are_listed_newest_first_and_a_damaged_manifest_hides_only_itself()
    {
        Save("old", day: 1);
        Save("new", day: 3);
        Save("damaged", day: 2);
        File.WriteAllText(_store.PathOf("damaged", "manifest.json"), "{");
        Assert.Equal(["new", "old"], _store.List().Select(m => m.Version));
        Assert.Throws<InvalidDataException>(() => _store.Find("damaged"));
    }

    [Fact]
    public void A_deleted_version_is_gone()
    {
        Save("m1");
        Save("m2");
        _store.Delete("m1");
        Assert.Null(_store.Find("m1"));
        Assert.Equal(["m2"], Directory.GetDirectories(_root).Select(Path.GetFileName));
    }

    [Fact]
    public void What_is_live_is_remembered_with_its_history()
    {
        Assert.Equal("", _store.ReadLive().Version);
        _store.WriteLive(new LiveChange("m1", "promoted", DateTimeOffset.UnixEpoch, "first"));
        _store.WriteLive(new LiveChange("m2", "promoted", DateTimeOffset.UnixEpoch, "better"));
        var live = new ModelStore(new StorageOptions { ModelsPath = _root }).ReadLive();
        Assert.Equal("m2", live.Version);
        Assert.Equal(["first", "better"], live.History.Select(h => h.Reason));
        // For people too.
        Assert.Contains("\"1970-01-01T00:00:00+00:00\"", File.ReadAllText(Path.Combine(_root, "live.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData(null)]
    public void A_damaged_or_lost_record_of_what_is_live_is_made_again_from_its_copy(string? content)
    {
        WriteTwo();
        Assert.True(_store.IsLiveSound);
        Put("live.json", content);
        Assert.False(_store.IsLiveSound);
        Assert.Equal("m2", _store.ReadLive().Version);
        Assert.Contains("live.json", _store.RepairLive(), StringComparison.Ordinal);
        Assert.True(_store.IsLiveSound);
        File.Delete(Path.Combine(_root, "live.copy.json"));
        Assert.Equal(["first", "better"], _store.ReadLive().History.Select(h => h.Reason));
    }

    [Theory]
    [InlineData("{")]
    [InlineData(null)]
    public void A_damaged_or_lost_copy_is_made_again_from_the_record(string? content)
    {
        WriteTwo();
        Put("live.copy.json", content);
        Assert.Null(_store.RepairLive());
        Put("live.json", "{");
        Assert.Equal("m2", _store.ReadLive().Version);
    }

    [Fact]
    public void Where_record_and_copy_are_damaged_the_record_is_named()
    {
        WriteTwo();
        Put("live.json", "{");
        Put("live.copy.json", "{");
        Assert.Contains("live.json is damaged", Assert.Throws<InvalidDataException>(() => _store.ReadLive()).Message, StringComparison.Ordinal);
        Assert.Contains("live.json is damaged", Assert.Throws<InvalidDataException>(() => _store.RepairLive()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_was_ever_live_there_is_nothing_to_repair()
    {
        Assert.True(_store.IsLiveSound);
        Assert.Null(_store.RepairLive());
        Assert.Equal("", _store.ReadLive().Version);
    }

    private void WriteTwo()
    {
        _store.WriteLive(new LiveChange("m1", "promoted", DateTimeOffset.UnixEpoch, "first"));
        _store.WriteLive(new LiveChange("m2", "promoted", DateTimeOffset.UnixEpoch, "better"));
    }

    private void Put(string file, string? content)
    {
        if (content is null) File.Delete(Path.Combine(_root, file));
        else File.WriteAllText(Path.Combine(_root, file), content);
    }
}
