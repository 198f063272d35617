using Recommender.Hosting.Configuration;

namespace Recommender.Training.Triggers;

/// <summary>What asks for a run besides the schedule. Each is off at 0.</summary>
public sealed record TriggerOptions
{
    /// <summary>A run starts as soon as this many events were archived since the last one, whatever the interval; 0: off. 0 to 1,000,000,000; default 0.</summary>
    public int NewEvents { get; init; }

    /// <summary>Time between two looks at drift; 0: nobody looks. 0, or 1 second to 30 days; default 1 hour.</summary>
    public TimeSpan DriftInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Drift asks for no run sooner than this after the last one. 0 to 30 days; default 6 hours.</summary>
    public TimeSpan DriftPause { get; init; } = TimeSpan.FromHours(6);

    /// <summary>
    /// Population stability index between the live model's data and what was archived since, of popularity, watch ratio or event types, from which on
    /// a run starts; 0.1 is usually taken for some change and 0.25 for a large one; 0: off. 0 to 100; default 0.25.
    /// </summary>
    public double MaxInputDrift { get; init; } = 0.25;

    /// <summary>New events that drift of input is judged by at least. 1 to 1,000,000,000; default 5000.</summary>
    public int MinDriftEvents { get; init; } = 5000;

    /// <summary>
    /// Share of the hit rate of the live model's first days that its impressions may lose before a run starts, noise aside; 0: off. 0 to 1; default 0.2.
    /// </summary>
    public double MaxQualityDrop { get; init; } = 0.2;

    /// <summary>Time after a model went live by which it is measured. 1 minute to 365 days; default 2 days.</summary>
    public TimeSpan QualityBaseline { get; init; } = TimeSpan.FromDays(2);

    /// <summary>The newest time that is compared with it, without its last quarter (a day at most), in which viewers may still answer. 1 minute to 365 days; default 1 day.</summary>
    public TimeSpan QualityWindow { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Impressions that each of both must have. 1 to 1,000,000,000; default 1000.</summary>
    public int MinImpressions { get; init; } = 1000;

    /// <summary>Checks every value.</summary>
    internal void Validate(OptionsCheck check)
    {
        var isInterval = DriftInterval == TimeSpan.Zero || (DriftInterval >= TimeSpan.FromSeconds(1) && DriftInterval <= TimeSpan.FromDays(30));
        check.Range(NewEvents, 0, 1_000_000_000, Name(nameof(NewEvents)));
        check.That(isInterval, DriftInterval, "allowed is 0, or 00:00:01 to 30.00:00:00", Name(nameof(DriftInterval)));
        check.Range(DriftPause, TimeSpan.Zero, TimeSpan.FromDays(30), Name(nameof(DriftPause)));
        check.Range(MaxInputDrift, 0, 100, Name(nameof(MaxInputDrift)));
        check.Range(MinDriftEvents, 1, 1_000_000_000, Name(nameof(MinDriftEvents)));
        check.Range(MaxQualityDrop, 0, 1, Name(nameof(MaxQualityDrop)));
        check.Range(QualityBaseline, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365), Name(nameof(QualityBaseline)));
        check.Range(QualityWindow, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365), Name(nameof(QualityWindow)));
        check.Range(MinImpressions, 1, 1_000_000_000, Name(nameof(MinImpressions)));
    }

    private static string Name(string key) => $"{nameof(TrainingOptions.Triggers)}:{key}";
}
