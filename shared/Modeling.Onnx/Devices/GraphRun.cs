using Microsoft.ML.OnnxRuntime;

namespace Recommender.Modeling.Onnx.Devices;

/// <summary>
/// Runs one graph again and again. An input that is bound once lies on the device until another is bound under its name. One thread at a time.
/// </summary>
internal sealed class GraphRun : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();

    /// <param name="session">The loaded graph; taken over.</param>
    public GraphRun(InferenceSession session) => (_session, _binding) = (session, session.CreateIoBinding());

    /// <summary>Binds an input; its memory must stay until the last run with it.</summary>
    public void Bind(string input, OrtValue value) => _binding.BindInput(input, value);

    /// <summary>Binds an output to memory that exists.</summary>
    public void BindOutput(string output, OrtValue value) => _binding.BindOutput(output, value);

    /// <summary>Has an output made anew in the given memory; see <see cref="Outputs"/>.</summary>
    public void BindOutput(string output, OrtMemoryInfo memory) => _binding.BindOutputToDevice(output, memory);

    /// <summary>Runs the graph with what is bound.</summary>
    public void Run()
    {
        _binding.SynchronizeBoundInputs();
        _session.RunWithBinding(_options, _binding);
        _binding.SynchronizeBoundOutputs();
    }

    /// <summary>The outputs of the last run, in the order in which they were bound first.</summary>
    public IDisposableReadOnlyCollection<OrtValue> Outputs() => _binding.GetOutputValues();

    /// <summary>Lets go of what is bound.</summary>
    public void Clear()
    {
        _binding.ClearBoundInputs();
        _binding.ClearBoundOutputs();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _options.Dispose();
        _binding.Dispose();
        _session.Dispose();
    }
}
