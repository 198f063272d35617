using System.Text.Encodings.Web;
using System.Text.Json;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Trainers;
using Recommender.Training.Dataset;

namespace Recommender.Training.Publishing;

/// <summary>The files of a model version.</summary>
internal static class ModelFiles
{
    /// <summary>Video ids by item number, a JSON string per line.</summary>
    public const string ItemIds = "item_ids.jsonl";

    /// <summary>Items x factors; absent when the model has no factors.</summary>
    public const string ItemFactors = "item_factors.npy";

    /// <summary>Items x factors, what having disliked each says of a viewer; absent when the model has not learned that.</summary>
    public const string DislikeFactors = ModelManifest.DislikeFactorsFile;

    /// <summary>The score of each item for a viewer about whom nothing is known.</summary>
    public const string Popularity = "popularity.npy";

    /// <summary>(Items + 1) x 3: how each video is watched, liked and shared, and an unknown one; see <see cref="VideoRates"/>.</summary>
    public const string ItemRates = "item_rates.npy";

    /// <summary>The learned ranker; absent while there is none.</summary>
    public const string Ranker = "ranker.onnx";

    private static readonly JsonSerializerOptions s_text = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What writes each file of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="events">What it was made from; its videos are the model's items.</param>
    /// <param name="ranker">The ranker's graph; null without one.</param>
    public static Dictionary<string, Action<Stream>> Writers(IScoringModel model, EventDataset events, byte[]? ranker = null)
    {
        var writers = new Dictionary<string, Action<Stream>>
        {
            [ItemIds] = stream => WriteIds(stream, events.Videos),
            [ItemRates] = stream => NpyFile.Write(stream, VideoRates.Of(events), events.Videos.Count + 1, VideoRates.Columns),
            [Popularity] = stream => NpyFile.Write(stream, model.ItemPopularity.Span, model.ItemCount, columns: 0),
        };
        if (model.ItemFactors is { } factors) writers[ItemFactors] = stream => NpyFile.Write(stream, factors.Data, factors.RowCount, factors.Factors);
        if (model.DislikeFactors is { } dislikes) writers[DislikeFactors] = stream => NpyFile.Write(stream, dislikes.Data, dislikes.RowCount, dislikes.Factors);
        if (ranker is not null) writers[Ranker] = stream => stream.Write(ranker);
        return writers;
    }

    /// <summary>Bytes of the files that <see cref="Writers"/> writes.</summary>
    public static long SizeOf(IScoringModel model, EventDataset events)
    {
        using var counter = new CountingStream();
        foreach (var write in Writers(model, events).Values) write(counter);
        return counter.Length;
    }

    private static void WriteIds(Stream stream, IReadOnlyList<string> ids)
    {
        foreach (var id in ids)
        {
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(id, s_text));
            stream.WriteByte((byte)'\n');
        }
    }
}
