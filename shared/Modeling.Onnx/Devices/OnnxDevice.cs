using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Recommender.Modeling.Onnx.Graphs;
using Recommender.Modeling.Trainers;

namespace Recommender.Modeling.Onnx.Devices;

/// <summary>What runs graphs: a GPU through ONNX Runtime's CUDA provider, or its CPU provider.</summary>
internal sealed class OnnxDevice : IDisposable
{
    private const string CudaProvider = "CUDAExecutionProvider";
    private const string Failure = " FAIL : ";
    private static readonly Lock s_environment = new();
    private readonly int _threads;
    private readonly long _memory;

    private OnnxDevice(bool isGpu, int threads, long memory, string? note = null)
    {
        (IsGpu, _threads, _memory, Note) = (isGpu, threads, memory, note);
        Memory = isGpu
            ? new OrtMemoryInfo("Cuda", OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default)
            : new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
    }

    /// <summary>Whether it is a GPU.</summary>
    public bool IsGpu { get; }

    /// <summary><c>cuda</c> or <c>cpu</c>.</summary>
    public string Name => IsGpu ? "cuda" : "cpu";

    /// <summary>Why it is no GPU, in a sentence, when one was wished for; otherwise null.</summary>
    public string? Note { get; }

    /// <summary>The memory that it computes in.</summary>
    public OrtMemoryInfo Memory { get; }

    /// <summary>Finds the device.</summary>
    /// <param name="choice">The wish.</param>
    /// <param name="threads">Threads of the CPU at most; 0: one per processor.</param>
    /// <param name="memory">Bytes of a GPU's memory at most.</param>
    /// <exception cref="ParameterException">ONNX Runtime cannot be loaded on this machine.</exception>
    public static OnnxDevice Open(DeviceChoice choice, int threads, long memory)
    {
        StartRuntime();
        if (choice == DeviceChoice.Cpu) return new OnnxDevice(isGpu: false, threads, memory);
        var gpu = new OnnxDevice(isGpu: true, threads, memory);
        if (gpu.WhyNot() is not { } reason) return gpu;
        gpu.Dispose();
        return new OnnxDevice(isGpu: false, threads, memory, $"No GPU takes part in the training: {reason} ONNX Runtime's CPU provider does the work.");
    }

    /// <summary>Loads a model onto the device.</summary>
    public InferenceSession Load(byte[] model)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = _threads,
            InterOpNumThreads = 1,
            // Sizes differ from run to run: what was planned for one does not fit the next.
            EnableMemoryPattern = false,
            EnableCpuMemArena = false,
        };
        options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        if (IsGpu)
        {
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(new Dictionary<string, string>
            {
                ["gpu_mem_limit"] = _memory.ToString(CultureInfo.InvariantCulture),
                ["arena_extend_strategy"] = "kSameAsRequested",
                // Tensor cores would round factors to ten bits.
                ["use_tf32"] = "0",
            });
            options.AppendExecutionProvider_CUDA(cuda);
        }

        return new InferenceSession(model, options);
    }

    /// <inheritdoc/>
    public void Dispose() => Memory.Dispose();

    // Null when a GPU is there: only loading a model onto it tells.
    private string? WhyNot()
    {
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(CudaProvider)) return "this ONNX Runtime is made without CUDA.";
        try
        {
            Load(HalfStepGraphs.Solve(1)).Dispose();
            return null;
        }
        catch (OnnxRuntimeException e)
        {
            // What comes before is where in ONNX Runtime's sources it was noticed.
            var words = e.Message.ReplaceLineEndings(" ").Trim(' ', '.');
            return words[(words.LastIndexOf(Failure, StringComparison.Ordinal) is >= 0 and var at ? at + Failure.Length : 0)..] + ".";
        }
    }

    // One environment serves the process. Its own words on standard error are left out: what matters of them is in exceptions.
    internal static void StartRuntime()
    {
        try
        {
            lock (s_environment)
            {
                if (OrtEnv.IsCreated) return;
                var options = new EnvironmentCreationOptions { logId = "recommender", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
                OrtEnv.CreateInstanceWithOptions(ref options);
            }
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException)
        {
            throw new ParameterException($"ONNX Runtime cannot be loaded on this machine: {(e.InnerException ?? e).Message} The trainer 'ials' does without it.");
        }
    }
}
