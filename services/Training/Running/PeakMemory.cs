namespace Recommender.Training.Running;

/// <summary>The most physical memory that the process held whenever somebody looked.</summary>
internal sealed class PeakMemory
{
    /// <summary>Bytes.</summary>
    public long Bytes { get; private set; } = Environment.WorkingSet;

    /// <summary>Looks again.</summary>
    public void Look() => Bytes = Math.Max(Bytes, Environment.WorkingSet);
}
