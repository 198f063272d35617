using System.Globalization;

namespace Recommender.Modeling.Trainers;

/// <summary>
/// What a trainer takes at its peak beside the data, by a formula over the data's shape and the parameters; judged before any of it is taken, so
/// that too much is a sentence and no end of the process.
/// </summary>
internal static class MemoryNeed
{
    /// <summary>Bytes that this process may use: the container's limit where it has one, else the machine's memory.</summary>
    public static long Available => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Judges a need.</summary>
    /// <param name="trainer">Registered name.</param>
    /// <param name="bytes">The need.</param>
    /// <param name="remedy">What to change, to complete "...; ".</param>
    /// <param name="available">Bytes to be had; null: <see cref="Available"/>.</param>
    /// <exception cref="ParameterException">It is more than there is.</exception>
    public static void Check(string trainer, double bytes, string remedy, long? available = null)
    {
        var most = available ?? Available;
        if (!(bytes > most)) return;
        throw new ParameterException(string.Create(
            CultureInfo.InvariantCulture,
            $"The trainer '{trainer}' would take {bytes * 1e-9:0.0} GB for data of this size, but the process may use {most * 1e-9:0.0} GB: {remedy}."));
    }
}
