using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Trainers.Auto;

/// <summary>
/// Successive halving (Jamieson, Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", 2016): many candidates on some of the
/// viewers, the best third of them on more, and on. The first round tries every trainer; later rounds vary the best of the best trainers.
/// </summary>
internal sealed class SuccessiveHalving(SearchSpace space, TrialRunner runner, long interactions, int seed)
{
    private const int PerRound = 9;
    private const int FirstKept = 5;
    private const int TrainersVaried = 3;
    private const double EnoughInteractions = 100_000;

    // Small data are not cut into noise.
    private double[] Shares()
    {
        var first = Math.Clamp(EnoughInteractions / interactions, 0.25, 1);
        return first >= 1 ? [1] : [first, Math.Sqrt(first), 1];
    }

    /// <summary>Tries until the budget is spent.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        var random = new Randomness((ulong)seed, 7);
        Round(space.Beginnings(), FirstKept, cancellationToken);
        while (runner.HasBudget && runner.Best.Count > 0)
        {
            var before = runner.Count;
            var good = runner.Best.Take(TrainersVaried).ToArray();
            var next = new List<Candidate>();
            for (var i = 0; i < PerRound; i++) next.Add(space.Vary(good[i % good.Length].Candidate, ref random));
            Round(next, PerRound / 3, cancellationToken);

            // Where nothing can be varied, such as popularity alone, there is nothing left to try.
            if (runner.Count == before) return;
        }
    }

    private void Round(IReadOnlyList<Candidate> candidates, int kept, CancellationToken cancellationToken)
    {
        var shares = Shares();
        for (var rung = 0; rung < shares.Length && candidates.Count > 0; rung++)
        {
            var values = new List<(Candidate Candidate, double Value)>();
            foreach (var candidate in candidates)
            {
                if (!runner.HasBudget) return;
                values.Add((candidate, runner.Try(candidate, rung, shares[rung], cancellationToken)));
            }

            candidates = [.. values.Where(v => v.Value >= 0).OrderByDescending(v => v.Value).ThenBy(v => v.Candidate.Key, StringComparer.Ordinal)
                .Select(v => v.Candidate).Take(kept)];
            kept = Math.Max(1, (kept + 1) / 2);
        }
    }
}
