using System.Runtime.CompilerServices;
using Recommender.Modeling.Onnx;

namespace Recommender.Tests.Unit;

/// <summary>The registry of trainers belongs to the process: whatever the order of the tests, all of them see what the programs see.</summary>
internal static class Trainers
{
    [ModuleInitializer]
    internal static void Register() => OnnxTrainers.Register();
}
