using Recommender.Modeling.Onnx.Devices;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Ials;

namespace Recommender.Modeling.Onnx.Ials;

/// <summary>Parameters of <see cref="OnnxIalsTrainer"/>: those of iALS, and how its equations are solved.</summary>
public sealed record OnnxIalsParameters
{
    private static readonly ParameterSchema<OnnxIalsParameters> Schema = new ParameterSchema<OnnxIalsParameters>(OnnxIalsTrainer.TrainerName)
        .Include(IalsParameters.Schema, p => p.Ials, (p, v) => p with { Ials = v })
        .Choice("device", "a GPU through CUDA where there is one, or the CPU in any case", p => p.Device, (p, v) => p with { Device = v })
        .Integer(
            "device_memory_mb", 1, 1 << 20, "memory of the device to use at most; larger factors are brought in tiles",
            p => p.DeviceMemoryMb, (p, v) => p with { DeviceMemoryMb = v })
        .Integer("cg_steps", 1, 10_000, "steps of conjugate gradient in a half-step at most", p => p.CgSteps, (p, v) => p with { CgSteps = v })
        .Number(
            "cg_tolerance", 0, 1, "relative residual at which a half-step is solved; 0: always take all steps",
            p => p.CgTolerance, (p, v) => p with { CgTolerance = v });

    /// <summary>The parameters of iALS itself.</summary>
    public IalsParameters Ials { get; init; } = new();

    /// <summary>Where to compute.</summary>
    public DeviceChoice Device { get; init; } = DeviceChoice.Auto;

    /// <summary>Memory of the device to use at most, MB (2^20 bytes), 1 to 1,048,576.</summary>
    public int DeviceMemoryMb { get; init; } = 4096;

    /// <summary>Steps of conjugate gradient at most, 1 to 10,000. Each begins where the row's vector was.</summary>
    public int CgSteps { get; init; } = 100;

    /// <summary>
    /// Residual relative to the right side, in the norm of the preconditioner, at which a row is solved; 0 to 1. The default solves to what
    /// float32 can tell.
    /// </summary>
    public double CgTolerance { get; init; } = 1e-6;

    /// <summary>Reads key=value settings over the defaults.</summary>
    /// <exception cref="ParameterException">An unknown key, or a value out of range.</exception>
    public static OnnxIalsParameters Parse(IReadOnlyDictionary<string, string> settings) => Schema.Parse(settings);

    /// <summary>All keys with their defaults, ranges and meaning.</summary>
    public static IReadOnlyList<ParameterDescription> Describe() => Schema.Describe();

    /// <summary>All keys with the values of this record.</summary>
    public IReadOnlyDictionary<string, string> ToSettings() => Schema.ToSettings(this);
}
