using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Trainers.Auto;

/// <summary>
/// The course of a search. First every trainer as it is by default, on all viewers: how trainers compare on few viewers says little of how they compare on
/// all, and a search must not end below what a single trainer reaches. Then, round by round, variations of the best of the best trainers by successive halving
/// (Jamieson, Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", 2016): many on some of the viewers, of each trainer the
/// best third of those that beat what they vary on more, and on.
/// </summary>
internal sealed class SuccessiveHalving(SearchSpace space, TrialRunner runner, long interactions, int seed)
{
    private const int PerRound = 9;
    private const int KeptOf = 3;
    private const int TrainersVaried = 3;

    // A trainer this far behind the best one is not likely to overtake it.
    private const double ShareOfBest = 0.8;

    // Fewer variations of a trainer are not likely to find anything.
    private const int FewestPerRound = 3;

    // So many rounds in a row that found nothing better end the search.
    private const int VainRounds = 10;

    private const double EnoughInteractions = 100_000;

    // Small data are not cut into noise.
    private double[] Shares()
    {
        var first = Math.Clamp(EnoughInteractions / interactions, 0.25, 1);
        return first >= 1 ? [1] : [first, Math.Sqrt(first), 1];
    }

    /// <summary>Tries until the budget is spent, or nothing better was found for long.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        var random = new Randomness((ulong)seed, 7);
        var shares = Shares();
        foreach (var candidate in space.Beginnings())
        {
            if (runner.MayTry(candidate, 1)) runner.Try(candidate, shares.Length - 1, 1, cancellationToken);
        }

        for (var vain = 0; vain < VainRounds;)
        {
            var (before, best) = (runner.Count, Found());
            var good = Good(shares);
            if (good.Length > 0) Round(good, Variations(good, shares, ref random), shares, cancellationToken);

            // The budget is spent, or nothing can be varied, such as popularity alone.
            if (runner.Count == before) return;
            vain = Found() > best ? 0 : vain + 1;
        }
    }

    private double Found() => runner.Best.Sum(b => b.Value);

    private Candidate[] Good(double[] shares)
    {
        var best = runner.Best;
        bool IsWorthIt(string trainer) =>
            space.CanVary(trainer) && runner.HasTimeFor(((FewestPerRound + 1) * runner.Expected(trainer, shares[0])) + (shares.Length > 1 ? runner.Expected(trainer, 1) : 0));
        return [.. best.Where(b => b.Value >= ShareOfBest * best[0].Value && IsWorthIt(b.Candidate.Trainer)).Take(TrainersVaried).Select(b => b.Candidate)];
    }

    // The best trainers get equal time, so that quick ones are tried in more ways, and the very best as much as two.
    private List<Candidate> Variations(Candidate[] good, double[] shares, ref Randomness random)
    {
        var spent = Array.ConvertAll(good, c => runner.SpentOn(c.Trainer));
        spent[0] /= 2;
        var next = new List<Candidate>();
        for (var i = 0; i < SizeOfRound(good.Length, shares.Length); i++)
        {
            var at = spent.All(s => s == spent[0]) ? i % good.Length : Array.IndexOf(spent, spent.Min());
            next.Add(space.Vary(good[at], ref random));
            spent[at] += runner.Expected(good[at].Trainer, shares[0]) / (at == 0 ? 2 : 1);
        }

        return next;
    }

    // So that a bound on trials does not end a round before its last rung.
    private int SizeOfRound(int trainers, int rungs)
    {
        if (runner.Left is not { } left || rungs == 1) return PerRound;
        var others = trainers * (rungs - 1);
        return Math.Clamp((left - others) * 6 / 10, 1, PerRound);
    }

    private void Round(Candidate[] varied, List<Candidate> candidates, double[] shares, CancellationToken cancellationToken)
    {
        for (var rung = 0; rung < shares.Length && candidates.Count > 0; rung++)
        {
            var next = new List<(Candidate Candidate, double Value)>();
            foreach (var good in varied)
            {
                var own = candidates.Where(c => c.Trainer == good.Trainer).ToArray();
                if (own.Length == 0 || Value(good, rung, shares, cancellationToken) is not { } before) continue;
                var values = own.Select(c => (Candidate: c, Value: Value(c, rung, shares, cancellationToken) ?? -1)).Where(v => v.Value > before).ToArray();
                next.AddRange(values.OrderByDescending(v => v.Value).ThenBy(v => v.Candidate.Key, StringComparer.Ordinal).Take((own.Length + KeptOf - 1) / KeptOf));
            }

            candidates = [.. next.Select(n => n.Candidate)];
        }
    }

    private double? Value(Candidate candidate, int rung, double[] shares, CancellationToken cancellationToken) =>
        runner.IsKnown(candidate, shares[rung]) || runner.MayTry(candidate, shares[rung]) ? runner.Try(candidate, rung, shares[rung], cancellationToken) : null;
}
