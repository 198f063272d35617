using Recommender.Hosting.Configuration;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Weights;
using Recommender.Training.Judging;
using Recommender.Training.Ranking;
using Recommender.Training.Triggers;

namespace Recommender.Training;

/// <summary>When and how models are trained.</summary>
public sealed record TrainingOptions : IOptionsRecord
{
    /// <inheritdoc/>
    public static string Section => "Training";

    /// <summary>
    /// What the process does. <c>service</c>: it trains and keeps the registry. <c>registry</c>: it keeps the registry and takes wishes for runs, which
    /// wait for a process in mode <c>once</c>; any number may do so. <c>once</c>: it executes the runs that wait, or one of its own when there are
    /// new events, and ends with 0, or with 1 when a run failed or was interrupted.
    /// </summary>
    public string Mode { get; init; } = TrainingMode.Service;

    /// <summary>Time between two scheduled runs; 0: only on request. 0, or 10 seconds to 30 days; default 1 hour.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A scheduled run waits for at least this many events archived since the last run. 0 to 1,000,000,000; default 100.</summary>
    public int MinNewEvents { get; init; } = 100;

    /// <summary>Threads of a run; 0: one per processor. 0 to 1024.</summary>
    public int Threads { get; init; }

    /// <summary>Trainers compared when a run names none, separated by commas.</summary>
    public string Candidates { get; init; } = "popularity,ials";

    /// <summary>Parameters by trainer and key, e.g. <c>Training:Parameters:ials:factors</c>; a run can override them.</summary>
    public IReadOnlyDictionary<string, Dictionary<string, string>> Parameters { get; init; } = new Dictionary<string, Dictionary<string, string>>();

    /// <summary>How much each signal says, e.g. <c>Training:Weights:Like</c>; a run can override them.</summary>
    public InteractionWeights Weights { get; init; } = new();

    /// <summary>
    /// Whether a scheduled run that keeps to the live model's recipe begins with its factors instead of at random, which takes fewer passes. Default true.
    /// </summary>
    public bool WarmStart { get; init; } = true;

    /// <summary>
    /// How much may be new, of all archived events, since the last model that began at random, so that a scheduled run still goes on from the live model's factors. 0 to 1;
    /// default 0.05, with which ranking loses about half a percent.
    /// </summary>
    public double WarmStartShare { get; init; } = 0.05;

    /// <summary>Share of the newest events that candidates are judged by. 0.01 to 0.5; default 0.2.</summary>
    public double TestFraction { get; init; } = 0.2;

    /// <summary>Viewers with enough videos that a run needs. 1 to 1,000,000; default 5.</summary>
    public int MinViewers { get; init; } = 5;

    /// <summary>Liked or watched videos that make a viewer count for <see cref="MinViewers"/>. 2 to 1000; default 2.</summary>
    public int MinVideosPerViewer { get; init; } = 2;

    /// <summary>What a model must show before it goes live, e.g. <c>Training:Gate:MinGain</c>.</summary>
    public GateOptions Gate { get; init; } = new();

    /// <summary>How the ranker is learnt from impressions, e.g. <c>Training:Ranker:MinImpressions</c>.</summary>
    public RankerOptions Ranker { get; init; } = new();

    /// <summary>What asks for a run besides the interval, e.g. <c>Training:Triggers:NewEvents</c>.</summary>
    public TriggerOptions Triggers { get; init; } = new();

    /// <summary>How often in a row a run that a restart or a crash interrupted is begun again. 0 to 100; default 3.</summary>
    public int RestartInterrupted { get; init; } = 3;

    /// <summary>Videos of a precomputed list; 0: no lists. 0 to 1000; default 200.</summary>
    public int ListLength { get; init; } = 200;

    /// <summary>How long a precomputed list lives in Redis. 1 minute to 365 days; default 7 days.</summary>
    public TimeSpan ListTimeToLive { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a run keeps trying to write lists while Redis is out of reach, before it goes on without. 0 to 1 day; default 30 seconds.</summary>
    public TimeSpan ListRetryTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Runs waiting for their turn; more are refused. 1 to 10,000; default 100.</summary>
    public int MaxQueuedRuns { get; init; } = 100;

    /// <summary>Finished runs that are remembered; the oldest are forgotten. 10 to 100,000; default 1000.</summary>
    public int KeepRuns { get; init; } = 1000;

    /// <summary>Model versions that are kept besides the live one and those a rollback leads to; the oldest are deleted. 1 to 10,000; default 20.</summary>
    public int KeepModels { get; init; } = 20;

    /// <summary><see cref="Candidates"/> one by one.</summary>
    internal IReadOnlyList<string> CandidateNames => Candidates.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The configured parameters of a trainer.</summary>
    internal Dictionary<string, string> ParametersOf(string trainer) =>
        Parameters.FirstOrDefault(p => p.Key.Equals(trainer, StringComparison.OrdinalIgnoreCase)).Value ?? [];

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        var isInterval = Interval == TimeSpan.Zero || (Interval >= TimeSpan.FromSeconds(10) && Interval <= TimeSpan.FromDays(30));
        check.OneOf(Mode, TrainingMode.All);
        check.That(isInterval, Interval, "allowed is 0, or 00:00:10 to 30.00:00:00", nameof(Interval));
        check.Range(MinNewEvents, 0, 1_000_000_000);
        check.Range(Threads, 0, 1024);
        check.That(CandidateNames.Count > 0, Candidates, "it must name at least one trainer");
        foreach (var name in CandidateNames) check.OneOf(name, TrainerRegistry.Names, nameof(Candidates));
        foreach (var trainer in Parameters.Keys) CheckParameters(trainer);
        if (Weights.Validate().FirstOrDefault() is { } wrong) throw new OptionsException($"{Section}:{nameof(Weights)}:{wrong}");
        check.Range(WarmStartShare, 0.0, 1.0);
        check.Range(TestFraction, 0.01, 0.5);
        check.Range(MinViewers, 1, 1_000_000);
        check.Range(MinVideosPerViewer, 2, 1000);
        Gate.Validate(check);
        Ranker.Validate(check);
        Triggers.Validate(check);
        check.Range(RestartInterrupted, 0, 100);
        check.Range(ListLength, 0, 1000);
        check.Range(ListTimeToLive, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));
        check.Range(ListRetryTime, TimeSpan.Zero, TimeSpan.FromDays(1));
        check.Range(MaxQueuedRuns, 1, 10_000);
        check.Range(KeepRuns, 10, 100_000);
        check.Range(KeepModels, 1, 10_000);
    }

    private void CheckParameters(string trainer)
    {
        try
        {
            TrainerRegistry.Create(trainer.ToLowerInvariant(), ParametersOf(trainer));
        }
        catch (ParameterException e)
        {
            throw new OptionsException($"{Section}:{nameof(Parameters)}:{trainer} cannot be used: {e.Message}", e);
        }
    }
}
