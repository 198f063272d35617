using System.Globalization;
using System.Text;
using Recommender.Modeling.Onnx.Graphs;
using static Recommender.Modeling.Onnx.Protos.TensorProto.Types;

namespace Recommender.Modeling.Onnx.Export;

/// <summary>
/// A factor model as an ONNX model that anything with an ONNX runtime can rank with. Inputs: <c>viewers</c> [b, k], float32, the viewers'
/// vectors; <c>count</c> [1], int64, how many videos for each. Outputs, best first and of level scores the lower number first:
/// <c>scores</c> [b, count], float32; <c>items</c> [b, count], int64, numbers of videos; <c>ids</c> [b, count], strings. Not more come than there
/// are. A vector of zeros, of a viewer about whom nothing is known, gets the popularity.
/// </summary>
public static class ScoringGraph
{
    // Protocol buffers, and with them ONNX files, end at 2 GB.
    private const long MostBytes = int.MaxValue - (1 << 20);

    /// <summary>Makes the model.</summary>
    /// <param name="ids">Ids of videos by number; any Unicode.</param>
    /// <param name="itemFactors">videos x k, row-major.</param>
    /// <param name="popularity">A number per video.</param>
    /// <param name="metadata">Told to readers beside the graph.</param>
    /// <exception cref="ArgumentException">Sizes that do not fit each other, or no video.</exception>
    /// <exception cref="NotSupportedException">More than an ONNX file can hold.</exception>
    public static byte[] Create(
        IReadOnlyList<string> ids, ReadOnlySpan<float> itemFactors, ReadOnlySpan<float> popularity, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count == 0 || itemFactors.Length == 0 || itemFactors.Length % ids.Count != 0)
            throw new ArgumentException($"{itemFactors.Length} factors are no vectors of {ids.Count} videos.", nameof(itemFactors));
        if (popularity.Length != ids.Count) throw new ArgumentException($"There are {ids.Count} videos but {popularity.Length} popularities.", nameof(popularity));
        var k = itemFactors.Length / ids.Count;
        var texts = new List<ReadOnlyMemory<byte>>(ids.Count);
        foreach (var id in ids) texts.Add(Encoding.UTF8.GetBytes(id));
        if ((sizeof(float) * ((long)itemFactors.Length + popularity.Length)) + texts.Sum(t => t.Length + 8L) > MostBytes)
            throw new NotSupportedException($"{ids.Count} videos with {k} factors are more than the 2 GB that an ONNX file can hold.");

        var graph = new GraphBuilder("recommender");
        var viewers = graph.Input("viewers", DataType.Float, "b", k.ToString(CultureInfo.InvariantCulture));
        var count = graph.Input("count", DataType.Int64, "1");
        var products = graph.Add("MatMul", viewers, graph.Constant<float>(Transposed(itemFactors, ids.Count, k), k, ids.Count));
        var known = graph.Add("Greater", graph.Add("ReduceSum", graph.Add("Abs", viewers), graph.Constant<long>([1], 1)), graph.Constant<float>([0f]));
        var scores = graph.Add("Where", known, products, graph.Constant(popularity, 1, ids.Count));
        var most = graph.Add("Min", count, graph.Constant<long>([ids.Count], 1));
        graph.AddNode("TopK", [scores, most], "scores", "items");
        graph.AddNode("Gather", [graph.Texts("all_ids", texts, ids.Count), "items"], "ids");
        graph.Output("scores", DataType.Float, "b", "n");
        graph.Output("items", DataType.Int64, "b", "n");
        graph.Output("ids", DataType.String, "b", "n");
        return graph.ToModel(metadata);
    }

    private static float[] Transposed(ReadOnlySpan<float> rows, int count, int k)
    {
        var columns = new float[rows.Length];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < k; j++) columns[((long)j * count) + i] = rows[(i * k) + j];
        }

        return columns;
    }
}
