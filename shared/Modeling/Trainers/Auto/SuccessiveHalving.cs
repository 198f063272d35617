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

    // A trainer this far behind the best one is not likely to overtake it.
    private const double ShareOfBest = 0.75;

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
        var shares = Shares();
        Round(space.Beginnings(), shares, FirstKept, cancellationToken);
        while (runner.Best.Count > 0)
        {
            var before = runner.Count;
            Round(Variations(shares[0], ref random), shares, PerRound / 3, cancellationToken);

            // The budget is spent, or nothing can be varied, such as popularity alone.
            if (runner.Count == before) return;
        }
    }

    // The best trainers get equal time, so that quick ones are tried in more ways.
    private List<Candidate> Variations(double share, ref Randomness random)
    {
        var best = runner.Best;
        var good = best.Take(TrainersVaried).Where(b => b.Value >= ShareOfBest * best[0].Value).Select(b => b.Candidate).ToArray();
        var spent = Array.ConvertAll(good, c => runner.SpentOn(c.Trainer));
        var next = new List<Candidate>();
        for (var i = 0; i < PerRound; i++)
        {
            var at = spent.All(s => s == spent[0]) ? i % good.Length : Array.IndexOf(spent, spent.Min());
            next.Add(space.Vary(good[at], ref random));
            spent[at] += runner.Expected(good[at].Trainer, share);
        }

        return next;
    }

    private void Round(IReadOnlyList<Candidate> candidates, double[] shares, int kept, CancellationToken cancellationToken)
    {
        for (var rung = 0; rung < shares.Length && candidates.Count > 0; rung++)
        {
            var values = new List<(Candidate Candidate, double Value)>();
            foreach (var candidate in candidates)
            {
                if (runner.MayTry(candidate, shares[rung])) values.Add((candidate, runner.Try(candidate, rung, shares[rung], cancellationToken)));
            }

            candidates = [.. values.Where(v => v.Value >= 0).OrderByDescending(v => v.Value).ThenBy(v => v.Candidate.Key, StringComparer.Ordinal)
                .Select(v => v.Candidate).Take(kept)];
            kept = Math.Max(1, (kept + 1) / 2);
        }
    }
}
