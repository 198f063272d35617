using Recommender.Training.Judging;
using Recommender.Training.Ranking;
using Recommender.V1;

namespace Recommender.Training.Running;

/// <summary>
/// How a run came about and ended, in words, among its parameters: <c>run.trigger</c>, <c>run.why</c>, <c>run.code_version</c>, <c>run.start</c>, <c>run.started_from</c> and
/// <c>run.started_from_sha256</c> of a run that began with the live model's factors,
/// <c>run.ranker</c> and <c>run.ranker_verdict</c>, <c>run.promoted</c> and <c>run.verdict</c>.
/// </summary>
internal static class RunText
{
    /// <summary>Said when a run begins.</summary>
    public static void Begin(TrainingRun run, StoredRun stored, string codeVersion)
    {
        run.Parameters[RunMetrics.AboutPrefix + "trigger"] = stored.Trigger;
        run.Parameters[RunMetrics.AboutPrefix + "why"] = stored.Why;
        run.Parameters[RunMetrics.AboutPrefix + "code_version"] = codeVersion;
    }

    /// <summary>Said when its model's training begins.</summary>
    public static void Start(TrainingRun run, TrainingStart chosen)
    {
        run.Parameters[RunMetrics.AboutPrefix + "start"] = chosen.Why;
        if (chosen.From is not { } start) return;
        run.Parameters[RunMetrics.AboutPrefix + "started_from"] = start.Version;
        run.Parameters[RunMetrics.AboutPrefix + "started_from_sha256"] = start.FactorsSha256;
    }

    /// <summary>Said when its ranker is judged.</summary>
    public static void Rank(TrainingRun run, RankerReport ranker)
    {
        run.Parameters[RunMetrics.AboutPrefix + "ranker"] = ranker.IsUsed ? "true" : "false";
        run.Parameters[RunMetrics.AboutPrefix + "ranker_verdict"] = ranker.Verdict;
    }

    /// <summary>Said when its model is judged.</summary>
    public static void End(TrainingRun run, GateVerdict verdict)
    {
        run.Parameters[RunMetrics.AboutPrefix + "promoted"] = verdict.Promote ? "true" : "false";
        run.Parameters[RunMetrics.AboutPrefix + "verdict"] = verdict.Reason;
    }
}
