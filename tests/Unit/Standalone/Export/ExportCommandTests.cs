using System.IO.Compression;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Retrieval;
using Recommender.Standalone.Cli;
using Recommender.Tests.Unit.Modeling;

namespace Recommender.Tests.Unit.Standalone.Export;

public sealed class ExportCommandTests : IDisposable
{
    private const string Version = "20261122T083000Z-1f3a";
    private const int Factors = 13;
    private static readonly string[] s_ids = ["v1", "Zürich", "видео", "短视频", "👩‍👩‍👧🎬", "a\"b\\c,d", "e\u0301", .. Enumerable.Range(0, 93).Select(i => $"video-{i}")];
    private readonly string _folder = Directory.CreateTempSubdirectory("export test ").FullName;
    private readonly FactorMatrix _items = RandomData.Factors(s_ids.Length, Factors, seed: 1);
    private readonly float[] _popularity = [.. s_ids.Select((_, i) => (float)(i * 37 % 100))];

    private ModelStore Store => new(new StorageOptions { ModelsPath = Path.Combine(_folder, "models") });

    private string Out => Path.Combine(_folder, "out", "model");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_ONNX_model_ranks_as_we_do_and_names_the_videos()
    {
        Save(Factors);
        await RunAsync("onnx", Version);
        using var session = new InferenceSession(Out);
        var packed = new PackedFactors(_items.Data, Factors);
        var viewers = RandomData.Factors(20, Factors, seed: 2);
        var (scores, items, ids) = Rank(session, viewers.Data.ToArray(), 20, count: 17);
        for (var viewer = 0; viewer < 20; viewer++)
        {
            var expected = new ScoredItem[17];
            Assert.Equal(17, TopK.Search(packed, viewers.Row(viewer), default, expected));
            for (var at = 0; at < 17; at++)
            {
                var to = (viewer * 17) + at;
                Assert.Equal(expected[at].Item, items[to]);
                Assert.Equal(expected[at].Score, scores[to], 1e-4);
                Assert.Equal(s_ids[expected[at].Item], ids[to]);
            }
        }
    }

    [Fact]
    public async Task The_ONNX_model_offers_no_more_than_there_is_and_the_popular_to_strangers()
    {
        Save(Factors);
        await RunAsync("onnx", Version);
        using var session = new InferenceSession(Out);
        var (scores, items, _) = Rank(session, new float[Factors], 1, count: 1000);
        Assert.Equal(s_ids.Length, items.Length);
        Assert.Equal(_popularity.OrderDescending(), scores);
        Assert.Equal(Version, session.ModelMetadata.CustomMetadataMap["version"]);
        Assert.Equal("13", session.ModelMetadata.CustomMetadataMap["parameters.factors"]);
    }

    [Fact]
    public async Task The_npz_file_holds_every_array_as_NumPy_lays_it_out()
    {
        Save(Factors);
        await RunAsync("npz", Path.Combine(_folder, "models", Version));
        await using var zip = await ZipFile.OpenReadAsync(Out, TestContext.Current.CancellationToken);
        Assert.Equal(["item_factors.npy", "item_ids.npy", "manifest.npy", "popularity.npy"], zip.Entries.Select(e => e.FullName).Order(StringComparer.Ordinal));
        Assert.Equal(_items.Data.ToArray(), await FloatsAsync(zip, "item_factors.npy"));
        Assert.Equal(_popularity, await FloatsAsync(zip, "popularity.npy"));
        var (header, ids) = await TextsAsync(zip, "item_ids.npy");
        Assert.Equal("{'descr': '<U8', 'fortran_order': False, 'shape': (100,), }", header);
        Assert.Equal(s_ids, ids);
        var (shape, manifest) = await TextsAsync(zip, "manifest.npy");
        Assert.EndsWith("'shape': (), }", shape, StringComparison.Ordinal);
        Assert.Contains($"\"version\": \"{Version}\"", Assert.Single(manifest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_without_factors_goes_into_npz_alone()
    {
        Save(factors: 0);
        Assert.Equal(
            (ExitCode.Failed, $"The model {Version} (popularity) has no factors to multiply with; --format npz can hold it.\n"), await TryAsync("onnx", Version));
        await RunAsync("npz", Version);
        await using var zip = await ZipFile.OpenReadAsync(Out, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(zip.Entries, e => e.FullName == "item_factors.npy");
        Assert.Equal(s_ids, (await TextsAsync(zip, "item_ids.npy")).Texts);
    }

    [Fact]
    public async Task The_live_model_is_found_by_that_name()
    {
        Save(Factors);
        Assert.Equal((ExitCode.Usage, $"No model is live in '{Path.Combine(_folder, "models")}'.\n"), await TryAsync("npz", "live"));
        Store.WriteLive(new LiveChange(Version, "promoted", DateTimeOffset.UnixEpoch, "test"));
        await RunAsync("npz", "live");
    }

    [Fact]
    public async Task What_is_missing_or_damaged_is_said_in_a_sentence_and_leaves_no_file()
    {
        Assert.Equal(
            (ExitCode.Usage, $"There is no model 'nothing': neither a folder of that name nor a version in '{Path.Combine(_folder, "models")}'.\n"),
            await TryAsync("npz", "nothing"));
        Save(Factors);
        var file = Store.PathOf(Version, "popularity.npy");
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var (code, error) = await TryAsync("onnx", Version);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("the checksum of popularity.npy does not match its manifest", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Out));
    }

    private static (float[] Scores, long[] Items, string[] Ids) Rank(InferenceSession session, float[] viewers, int rows, long count)
    {
        using var vectors = OrtValue.CreateTensorValueFromMemory(viewers, [rows, Factors]);
        using var most = OrtValue.CreateTensorValueFromMemory(new[] { count }, [1]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["viewers", "count"], [vectors, most], ["scores", "items", "ids"]);
        return (results[0].GetTensorDataAsSpan<float>().ToArray(), results[1].GetTensorDataAsSpan<long>().ToArray(), results[2].GetStringTensorAsArray());
    }

    private static async Task<float[]> FloatsAsync(ZipArchive zip, string name)
    {
        var path = Path.GetTempFileName();
        await zip.GetEntry(name)!.ExtractToFileAsync(path, overwrite: true);
        var values = NpyFile.ReadAll(path);
        File.Delete(path);
        return values;
    }

    // The header's text, and the texts as NumPy reads them: rows of UTF-32 without the zeros at their end.
    private static async Task<(string Header, string[] Texts)> TextsAsync(ZipArchive zip, string name)
    {
        using var memory = new MemoryStream();
        await using (var stream = await zip.GetEntry(name)!.OpenAsync()) await stream.CopyToAsync(memory);
        var bytes = memory.ToArray();
        Assert.Equal([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0], bytes[..8]);
        var start = 10 + BitConverter.ToUInt16(bytes, 8);
        Assert.Equal(0, start % 64);
        var header = Encoding.ASCII.GetString(bytes[10..start]).TrimEnd();
        var width = 4 * int.Parse(header.Split("<U")[1].Split('\'')[0], System.Globalization.CultureInfo.InvariantCulture);
        return (header, [.. bytes[start..].Chunk(width).Select(row => Encoding.UTF32.GetString(row).TrimEnd('\0'))]);
    }

    private void Save(int factors)
    {
        var writers = new Dictionary<string, Action<Stream>>
        {
            ["item_ids.jsonl"] = stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(s_ids.Select(id => System.Text.Json.JsonSerializer.Serialize(id) + "\n")))),
            ["popularity.npy"] = stream => NpyFile.Write(stream, _popularity, s_ids.Length, 0),
        };
        if (factors > 0) writers["item_factors.npy"] = stream => NpyFile.Write(stream, _items.Data, s_ids.Length, factors);
        Store.Save(new ModelManifest
        {
            Version = Version,
            RunId = "run",
            Trainer = factors > 0 ? "ials" : "popularity",
            Parameters = new Dictionary<string, string> { ["factors"] = "13" },
            Weights = new Dictionary<string, string> { ["like"] = "4" },
            DataVersion = "data",
            DataRanges = new Dictionary<string, string>(),
            CodeVersion = "code",
            Metrics = new Dictionary<string, double>(),
            CreatedAt = DateTimeOffset.UnixEpoch,
            Items = s_ids.Length,
            Factors = factors,
            Files = [],
        }, writers);
    }

    [Fact]
    public async Task Recommendations_take_no_model_and_their_help_names_none()
    {
        using var output = new StringWriter();
        Assert.Equal(ExitCode.Ok, await CommandLine.RunAsync(["export", "recommendations", "--help"], output, output, TestContext.Current.CancellationToken));
        Assert.Contains("export recommendations [options]", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("MODEL", output.ToString(), StringComparison.Ordinal);

        using var error = new StringWriter();
        Assert.Equal(ExitCode.Usage, await CommandLine.RunAsync(["export", "live", "recommendations", "--out", Out], output, error, TestContext.Current.CancellationToken));
        Assert.Equal("'live' is unknown here; see 'recommender export recommendations --help'.", error.ToString().TrimEnd());
    }

    private async Task RunAsync(string format, string model) => Assert.Equal((ExitCode.Ok, ""), await TryAsync(format, model));

    private async Task<(int Code, string Error)> TryAsync(string format, string model)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(
            ["export", "--format", format, model, "--out", Out, "--models", Path.Combine(_folder, "models")], output, error, TestContext.Current.CancellationToken);
        return (code, error.ToString());
    }
}
