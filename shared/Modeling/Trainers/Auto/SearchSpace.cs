using System.Globalization;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers.Bpr;
using Recommender.Modeling.Trainers.Ease;
using Recommender.Modeling.Trainers.GraphFilter;
using Recommender.Modeling.Trainers.Ials;
using Recommender.Modeling.Trainers.Neighbours;
using Recommender.Modeling.Trainers.Popularity;

namespace Recommender.Modeling.Trainers.Auto;

/// <summary>What a search tries: where it begins, and how it varies what was good.</summary>
internal sealed class SearchSpace(TrainingData data, AutoParameters parameters)
{
    // Square matrices cost rows^3: about this many seconds' worth, or this many rows where trials are counted instead.
    private const double FlopsPerSecond = 1e11;
    private const double RowsWithoutClock = 13_000;

    // A ridge this many times the usual one leaves the first few directions.
    private const double StrongRidge = 2;

    private static readonly Axis Dislikes = new("negative_weight", 0.2, 10, true);
    private static readonly Axis Recency = new("recency_half_life", 0.7, 30, true);

    private static readonly Dictionary<string, Axis[]> Axes = new()
    {
        [NeighbourTrainer.ItemKnnName] =
        [
            new("neighbours", 50, 1000, true, true), new("source_exponent", 0.2, 0.9), new("target_exponent", 0, 0.8), new("viewer_exponent", 0, 1),
            new("shrink", 0.1, 20, true), Recency,
        ],
        [NeighbourTrainer.TransitionsName] =
        [
            new("neighbours", 50, 1000, true, true), new("source_exponent", 0.2, 0.9), new("target_exponent", 0, 0.8), new("viewer_exponent", 0, 1),
            new("gap_half_life", 0.4, 20, true), new("backward", 0.1, 1), Recency,
        ],
        [GraphFilterTrainer.TrainerName] =
        [
            new("rank", 64, 1024, true, true), new("low_pass_weight", 0.05, 2, true), new("viewer_exponent", 0.1, 0.6), new("item_exponent", 0.1, 0.6),
            new("source_exponent", 0.2, 0.8), new("target_exponent", -0.8, 0), Recency,
        ],
        [EaseTrainer.TrainerName] = [new("regularization", 5, 10_000, true), new("dropout", 0, 0.8), new("viewer_exponent", 0, 0.6), Recency],
        [IalsTrainer.TrainerName] =
        [
            new("factors", 32, 512, true, true), new("iterations", 3, 12, true, true), new("popularity_exponent", 0, 0.8),
            new("regularization", 1e-6, 1, true), new("unobserved_weight", 1e-6, 10, true), Dislikes,
        ],
        [BprTrainer.TrainerName] =
            [new("factors", 32, 128, true, true), new("iterations", 20, 100, true, true), new("learning_rate", 0.01, 0.2, true), new("regularization", 1e-4, 0.1, true)],
        [PopularityTrainer.TrainerName] = [],
    };

    private readonly IalsParameters _ials = SignedData.Of(data, new IalsParameters()).Resolve(new IalsParameters());

    /// <summary>All trainers that a search knows.</summary>
    public static IReadOnlyCollection<string> Trainers => Axes.Keys;

    private bool HasDislikes => data.Negatives is { Count: > 0 };

    private bool IsOrdered => data.Interactions.TimeKind != TimeKind.None;

    // Of little data there are few frequencies that are no noise; more take time.
    private (string Key, string Value)[] Rank
    {
        get
        {
            var usual = new GraphFilterParameters().Rank;
            var rank = Math.Clamp(data.Interactions.Count / 1000, 64, usual);
            return rank == usual ? [] : [("rank", rank.ToString(CultureInfo.InvariantCulture))];
        }
    }

    /// <summary>
    /// Each trainer as it is by default or nearly, quick ones and those that are mostly good first, those that can look at the order with and without, and
    /// <c>ials</c> and <c>ease</c> also as they are good where taste is weak: where nearly all that can be known is what is popular, usual settings fit noise.
    /// </summary>
    public IReadOnlyList<Candidate> Beginnings()
    {
        var all = new List<Candidate> { new(PopularityTrainer.TrainerName), new(IalsTrainer.TrainerName) };
        if (IsOrdered) all.Add(new Candidate(NeighbourTrainer.TransitionsName));
        all.Add(new Candidate(NeighbourTrainer.ItemKnnName));
        all.Add(new Candidate(IalsTrainer.TrainerName, ("factors", "128"), ("iterations", "8")));
        all.Add(new Candidate(IalsTrainer.TrainerName, ("regularization", Number(StrongRidge * _ials.Regularization!.Value))));
        all.Add(new Candidate(GraphFilterTrainer.TrainerName, Rank));
        if (IsOrdered) all.Add(new Candidate(GraphFilterTrainer.TrainerName, [.. Rank, (Recency.Key, "4")]));
        if (IsAffordable())
        {
            all.Add(IsOrdered ? new Candidate(EaseTrainer.TrainerName, (Recency.Key, "4")) : new Candidate(EaseTrainer.TrainerName));
            all.Add(new Candidate(EaseTrainer.TrainerName, ("regularization", "1000"), ("dropout", "0.5")));
        }

        all.Add(new Candidate(BprTrainer.TrainerName));
        return [.. all.Where(c => parameters.Allows(c.Trainer))];
    }

    /// <summary>Whether a trainer has anything that can be varied.</summary>
    public bool CanVary(string trainer) => AxesOf(trainer).Any();

    /// <summary>Share of the budget after which a trial of a trainer is given up: less of those that are slow where they are large, and seldom the best there.</summary>
    public static double PatienceWith(string trainer) => trainer switch { BprTrainer.TrainerName => 0.1, EaseTrainer.TrainerName => 0.25, _ => 0.5 };

    /// <summary>Another candidate near <paramref name="good"/>.</summary>
    public Candidate Vary(Candidate good, ref Randomness random)
    {
        var settings = good.Settings.ToDictionary(s => s.Key, s => s.Value);
        var axes = AxesOf(good.Trainer).ToArray();
        var certain = random.Below(axes.Length);
        for (var i = 0; i < axes.Length; i++)
        {
            if (i != certain && random.Below(2) == 0) continue;
            var now = Current(good, axes[i]);
            settings[axes[i].Key] = axes[i].Step(now, random.NextNormal());
        }

        return new Candidate(good.Trainer, [.. settings.Select(s => (s.Key, s.Value))]);
    }

    private IEnumerable<Axis> AxesOf(string trainer) => Axes[trainer].Where(a => (IsOrdered || a != Recency) && (HasDislikes || a != Dislikes));

    private double Current(Candidate candidate, Axis axis)
    {
        var text = candidate.Settings.GetValueOrDefault(axis.Key) ?? TrainerRegistry.Describe(candidate.Trainer).First(p => p.Key == axis.Key).Default;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
        if (candidate.Trainer == EaseTrainer.TrainerName) return new EaseParameters().Resolve(data.Interactions.Count, data.Negatives?.Count ?? 0).Regularization!.Value;
        if (candidate.Trainer == NeighbourTrainer.ItemKnnName) return new NeighbourParameters().Resolve(data.Interactions).TargetExponent!.Value;
        return axis.Key switch
        {
            "regularization" => _ials.Regularization!.Value,
            "popularity_exponent" => _ials.ResolvedPopularityExponent,
            _ => _ials.UnobservedWeight!.Value,
        };
    }

    private bool IsAffordable()
    {
        double rows = data.Interactions.ColumnCount * (HasDislikes ? 2L : 1);
        if (rows > new EaseParameters().MaxItems) return false;
        return parameters is { BudgetSeconds: > 0, Trials: 0 } ? rows * rows * rows / FlopsPerSecond <= parameters.BudgetSeconds / 10 : rows <= RowsWithoutClock;
    }

    // Three digits are more than a search can tell apart.
    private static string Number(double value) =>
        double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);

    private sealed record Axis(string Key, double Low, double High, bool IsLog = false, bool IsWhole = false)
    {
        public string Step(double now, double normal)
        {
            var moved = IsLog
                ? Math.Max(now, Low) * double.Exp2(normal)
                : now + (normal * 0.2 * (High - Low));
            var value = Math.Clamp(moved, Low, High);
            return IsWhole
                ? ((int)Math.Round(value)).ToString(CultureInfo.InvariantCulture)
                : Number(value);
        }
    }
}
