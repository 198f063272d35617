namespace Recommender.Training;

/// <summary>What a training process does; see <see cref="TrainingOptions.Mode"/>.</summary>
internal static class TrainingMode
{
    /// <summary>Trains and keeps the registry.</summary>
    public const string Service = "service";

    /// <summary>Keeps the registry; others train.</summary>
    public const string Registry = "registry";

    /// <summary>Trains what waits, and ends.</summary>
    public const string Once = "once";

    /// <summary>Every mode.</summary>
    public static IReadOnlyList<string> All { get; } = [Service, Registry, Once];
}
