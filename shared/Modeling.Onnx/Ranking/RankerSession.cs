using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Recommender.Modeling.Onnx.Devices;
using Recommender.Modeling.Ranking;

namespace Recommender.Modeling.Onnx.Ranking;

/// <summary>A ranker's graph in ONNX Runtime, on the processor, one thread per call. Safe for concurrent use.</summary>
public sealed class RankerSession : IDisposable
{
    /// <summary>Rows are filled up to a multiple of this, so that a score does not depend on how many others are reckoned with it.</summary>
    private const int Block = 16;

    private static readonly string[] s_inputs = [RankerGraph.Features];
    private static readonly string[] s_outputs = [RankerGraph.Expected];

    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();

    private RankerSession(InferenceSession session) => _session = session;

    /// <summary>Loads a graph and tries it.</summary>
    /// <exception cref="InvalidDataException">It is no ranker of these features, or ONNX Runtime cannot be loaded on this machine; the message says which.</exception>
    public static RankerSession Load(byte[] model)
    {
        RankerSession? session = null;
        try
        {
            OnnxDevice.StartRuntime();
            using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL };
            options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
            session = new RankerSession(new InferenceSession(model, options));
            session.Check();
            return session;
        }
        catch (Exception e) when (e is OnnxRuntimeException or InvalidDataException or Trainers.ParameterException)
        {
            session?.Dispose();
            throw new InvalidDataException($"the ranker can't be used: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>Length that memory for so many rows must have: see <see cref="Score"/>.</summary>
    public static int RowsOf(int rows) => (rows + Block - 1) / Block * Block;

    /// <summary>Reckons what is expected of each row.</summary>
    /// <param name="features"><see cref="RowsOf"/> x features; rows beyond <paramref name="rows"/> may hold anything finite.</param>
    /// <param name="rows">Rows that count.</param>
    /// <param name="expected"><see cref="RowsOf"/> x outcomes; receives 0 to 1.</param>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime failed.</exception>
    public void Score(Memory<float> features, int rows, Memory<float> expected)
    {
        if (rows == 0) return;
        var filled = RowsOf(rows);
        using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, features[..(filled * RankerFeatures.Count)], [filled, RankerFeatures.Count]);
        using var output = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, expected[..(filled * OutcomeWeights.Count)], [filled, OutcomeWeights.Count]);
        _session.Run(_options, s_inputs, [input], s_outputs, [output]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }

    private void Check()
    {
        var told = _session.ModelMetadata.CustomMetadataMap;
        Same(told, RankerGraph.VersionKey, RankerFeatures.Version.ToString(CultureInfo.InvariantCulture));
        Same(told, RankerGraph.FeaturesKey, string.Join(',', RankerFeatures.Names));
        Same(told, RankerGraph.OutcomesKey, RankerGraph.Outcomes);
        // Near, far and very far from what it was learnt from.
        float[] levels = [0, 1, -1, 1e6f, -1e6f];
        var (features, expected) = (new float[RowsOf(levels.Length) * RankerFeatures.Count], new float[RowsOf(levels.Length) * OutcomeWeights.Count]);
        for (var row = 0; row < levels.Length; row++) features.AsSpan(row * RankerFeatures.Count, RankerFeatures.Count).Fill(levels[row]);
        Score(features, levels.Length, expected);
        if (Array.Exists(expected, e => !(e >= 0 && e <= 1))) throw new InvalidDataException("it expects what is not between 0 and 1");
    }

    private static void Same(Dictionary<string, string> told, string key, string expected)
    {
        if (told.GetValueOrDefault(key) is var found && found != expected) throw new InvalidDataException($"its {key} is '{found}', and '{expected}' is needed");
    }
}
