using Recommender.Standalone.Cli;
using Recommender.Standalone.Import;
using Recommender.Standalone.Import.Formats;

namespace Recommender.Tests.Unit.Standalone.Import;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("checkpoints").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_was_saved_is_found_again()
    {
        var store = new CheckpointStore(Path.Combine(_directory, "not", "there", "yet"));
        var saved = new ImportCheckpoint("/x/y", 17, false, "u", new DateTimeOffset(2026, 11, 22, 8, 30, 0, TimeSpan.Zero));

        Assert.Null(store.Find("key"));
        Assert.True(store.TrySave("key", saved));
        Assert.Equal(saved, store.Find("key"));
    }

    [Fact]
    public void A_damaged_checkpoint_is_none()
    {
        File.WriteAllText(Path.Combine(_directory, "key.json"), "{\"line\":");
        Assert.Null(new CheckpointStore(_directory).Find("key"));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_told()
    {
        File.WriteAllText(Path.Combine(_directory, "file"), "");
        Assert.False(new CheckpointStore(Path.Combine(_directory, "file")).TrySave("key", new ImportCheckpoint("", 1, false, "u", default)));
    }

    [Fact]
    public async Task The_key_follows_from_content_format_prefix_and_system_not_from_the_name()
    {
        var settings = new ImportSettings(ImportFormat.Named("jsonl"), [], ServerAddress.DefaultGrpc, "", false);
        var (a, b, other) = (Path.Combine(_directory, "a"), Path.Combine(_directory, "b"), Path.Combine(_directory, "c"));
        foreach (var (path, text) in new[] { (a, "1"), (b, "1"), (other, "2") }) File.WriteAllText(path, text);

        var key = await Key(a, settings);
        Assert.Equal(key, await Key(b, settings));
        Assert.NotEqual(key, await Key(other, settings));
        Assert.NotEqual(key, await Key(a, settings with { Prefix = "p" }));
        Assert.NotEqual(key, await Key(a, settings with { Format = ImportFormat.Named("sequences") }));
        Assert.NotEqual(key, await Key(a, settings with { To = new ServerAddress("127.0.0.1", 1) }));

        static Task<string> Key(string path, ImportSettings settings) => CheckpointStore.KeyAsync(path, settings, TestContext.Current.CancellationToken);
    }
}
