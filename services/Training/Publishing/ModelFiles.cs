using System.Text.Encodings.Web;
using System.Text.Json;
using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Trainers;

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

    private static readonly JsonSerializerOptions s_text = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What writes each file of a model.</summary>
    public static Dictionary<string, Action<Stream>> Writers(IScoringModel model, IReadOnlyList<string> itemIds)
    {
        var writers = new Dictionary<string, Action<Stream>>
        {
            [ItemIds] = stream => WriteIds(stream, itemIds),
            [Popularity] = stream => NpyFile.Write(stream, model.ItemPopularity.Span, model.ItemCount, columns: 0),
        };
        if (model.ItemFactors is { } factors) writers[ItemFactors] = stream => NpyFile.Write(stream, factors.Data, factors.RowCount, factors.Factors);
        if (model.DislikeFactors is { } dislikes) writers[DislikeFactors] = stream => NpyFile.Write(stream, dislikes.Data, dislikes.RowCount, dislikes.Factors);
        return writers;
    }

    /// <summary>Bytes of the files that <see cref="Writers"/> writes.</summary>
    public static long SizeOf(IScoringModel model, IReadOnlyList<string> itemIds)
    {
        using var counter = new CountingStream();
        foreach (var write in Writers(model, itemIds).Values) write(counter);
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
