using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Recommender.Hosting.Artifacts;

/// <summary>What a model version is made of and from: enough to check it, to load it and to train it again.</summary>
public sealed record ModelManifest
{
    /// <summary>Name of the file with what having disliked each video says of a viewer: items x factors.</summary>
    public const string DislikeFactorsFile = "dislike_factors.npy";

    /// <summary>Unique and sortable by time, e.g. <c>20261122T083000Z-1f3a</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The training run that made it.</summary>
    public required string RunId { get; init; }

    /// <summary>Trainer of the scoring model, e.g. <c>ials</c> or <c>popularity</c>.</summary>
    public required string Trainer { get; init; }

    /// <summary>All parameters of the trainer with their values, as text.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>The parameters as they were asked for, <c>auto</c> where the trainer took a number from the data: who trains again starts from these.</summary>
    public IReadOnlyDictionary<string, string>? RequestedParameters { get; init; }

    /// <summary>The signal weights that turned events into confidences, as text; serving folds in with the same ones.</summary>
    public required IReadOnlyDictionary<string, string> Weights { get; init; }

    /// <summary>Hash of the training data's content.</summary>
    public required string DataVersion { get; init; }

    /// <summary>The archived offset ranges trained on: <c>log/type/partition</c> to <c>from-to</c>.</summary>
    public required IReadOnlyDictionary<string, string> DataRanges { get; init; }

    /// <summary>The video factors that its training began with; null when it began at random. Who trains it again needs that version.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelStart? StartedFrom { get; init; }

    /// <summary>How its ranker was learnt; null when it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RankerOrigin? Ranker { get; init; }

    /// <summary>Version of the code that trained it.</summary>
    public required string CodeVersion { get; init; }

    /// <summary>Metrics of the evaluation, e.g. <c>ndcg@20</c> and <c>popularity_ndcg@20</c>.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Number of videos.</summary>
    public required int Items { get; init; }

    /// <summary>Factors per video; 0 when the model has none.</summary>
    public required int Factors { get; init; }

    /// <summary>Every file of the version beside the manifest, with size and checksum.</summary>
    public required IReadOnlyList<ModelFile> Files { get; init; }

    /// <summary>Whether it has learned from dislikes, so that a viewer's vector follows from them as well.</summary>
    [JsonIgnore]
    public bool HasDislikes => Files.Any(f => f.Name == DislikeFactorsFile);
}

/// <summary>The video factors of an earlier version that a training run began with.</summary>
/// <param name="Version">The earlier version.</param>
/// <param name="FactorsSha256">Checksum of its factors' file.</param>
/// <param name="IdsSha256">Checksum of the file that says which video each row is.</param>
/// <param name="DislikesSha256">Checksum of its factors of dislikes; null when it has none.</param>
/// <param name="NewEvents">
/// Events trained on now that were archived since the last version in the line of starts that began at random; null in manifests that were written before this was counted.
/// </param>
public sealed record ModelStart(
    string Version, string FactorsSha256, string IdsSha256, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DislikesSha256 = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? NewEvents = null);

/// <summary>What a version's ranker was learnt from; <c>ranker.onnx</c> is the ranker.</summary>
/// <param name="FeatureVersion">What the features mean.</param>
/// <param name="Impressions">Impressions with known outcomes.</param>
/// <param name="TakenAt">The moment from which the window of outcomes counts back, UTC.</param>
/// <param name="DataRanges">The archived offsets of impressions, besides those of events: <c>log/type/partition</c> to <c>from-to</c>.</param>
/// <param name="Settings">The settings that it was learnt with, as text.</param>
public sealed record RankerOrigin(
    int FeatureVersion, int Impressions, DateTimeOffset TakenAt, IReadOnlyDictionary<string, string> DataRanges, IReadOnlyDictionary<string, string> Settings);

/// <summary>One file of a model version.</summary>
/// <param name="Name">File name inside the version's folder.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">Checksum, lower-case hexadecimal.</param>
public sealed record ModelFile(string Name, long Bytes, string Sha256);

/// <summary>What is live, and everything that ever was, newest last.</summary>
public sealed record LiveModel
{
    /// <summary>The live version; empty when none is.</summary>
    public required string Version { get; init; }

    /// <summary>Every change, oldest first.</summary>
    public required IReadOnlyList<LiveChange> History { get; init; }
}

/// <summary>One change of what is live.</summary>
/// <param name="Version">The version that became live.</param>
/// <param name="Action"><c>promoted</c> or <c>rolled_back</c>.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Reason">Why, in plain words.</param>
public sealed record LiveChange(string Version, string Action, DateTimeOffset At, string Reason);

/// <summary>JSON forms of the model store's files; snake_case, indented, since people read them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ModelManifest))]
[JsonSerializable(typeof(LiveModel))]
public sealed partial class ArtifactJson : JsonSerializerContext
{
    // People read it, and no page of HTML ever holds it.
    private static readonly ArtifactJson s_readable =
        new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>What a file says of what is live.</summary>
    internal static byte[] BytesOf(LiveModel live) => JsonSerializer.SerializeToUtf8Bytes(live, s_readable.LiveModel);

    /// <summary>Reads a file's content.</summary>
    /// <exception cref="InvalidDataException">It is damaged; the message names the file.</exception>
    internal static T Parse<T>(string path, byte[] content, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(content, type) ?? throw new InvalidDataException($"{path} is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }
    }
}
