using Recommender.Modeling.Onnx.Ials;
using Recommender.Modeling.Trainers;

namespace Recommender.Modeling.Onnx;

/// <summary>The trainers that run on ONNX Runtime.</summary>
public static class OnnxTrainers
{
    /// <summary>Makes them known to <see cref="TrainerRegistry"/>; to be called where a program begins, as often as it likes.</summary>
    public static void Register() =>
        TrainerRegistry.Register(OnnxIalsTrainer.TrainerName, s => new OnnxIalsTrainer(OnnxIalsParameters.Parse(s)), OnnxIalsParameters.Describe, readsTimes: false);
}
