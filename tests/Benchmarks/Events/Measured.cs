using System.Diagnostics;

namespace Recommender.Tests.Benchmarks.Events;

/// <summary>What was measured of one run.</summary>
/// <param name="Rate">Events or calls a second.</param>
/// <param name="Micros">Processor time of this process for each, microseconds: client, broker and service together. It hardly depends on what the machine does besides.</param>
internal readonly record struct Measured(double Rate, double Micros)
{
    /// <summary>Begins to measure.</summary>
    public static Measurement Begin() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
}

/// <summary>A run that goes on.</summary>
/// <param name="begin">When it began.</param>
/// <param name="spent">Processor time until then.</param>
internal readonly struct Measurement(long begin, TimeSpan spent)
{
    /// <summary>Ends it.</summary>
    /// <param name="count">Events or calls since its beginning.</param>
    public Measured End(long count) =>
        new(count / Stopwatch.GetElapsedTime(begin).TotalSeconds, (Environment.CpuUsage.TotalTime - spent).TotalMicroseconds / count);
}
