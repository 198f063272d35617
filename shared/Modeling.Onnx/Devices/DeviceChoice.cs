namespace Recommender.Modeling.Onnx.Devices;

/// <summary>Where graphs are wished to run.</summary>
public enum DeviceChoice
{
    /// <summary>On a GPU through CUDA where there is one, otherwise on the CPU.</summary>
    Auto,

    /// <summary>On the CPU.</summary>
    Cpu,
}
