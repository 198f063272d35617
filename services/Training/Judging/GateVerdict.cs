using System.Globalization;

namespace Recommender.Training.Judging;

/// <summary>Whether a new model goes live.</summary>
/// <param name="Promote">Whether it does.</param>
/// <param name="Reason">Why, in plain words.</param>
/// <param name="Checks">What was looked at, one by one.</param>
internal sealed record GateVerdict(bool Promote, string Reason, IReadOnlyList<GateCheck> Checks)
{
    /// <summary>The same verdict, with a word about trials of trainers that can't go live.</summary>
    public GateVerdict Beside(IEnumerable<Trial> compared) => this with
    {
        Reason = string.Join("; ", compared.Select(t => string.Create(
            CultureInfo.InvariantCulture, $"{t.Recipe.Trainer} reaches {Trial.Criterion} {t.Score:F4} and is only compared, since Serving can't fold new events into it")).Prepend(Reason)),
    };
}

/// <summary>One thing that the gate looked at.</summary>
/// <param name="Name">Such as <c>better_than_champion</c> or <c>coverage</c>.</param>
/// <param name="Passed">Whether it speaks for the new model.</param>
/// <param name="Words">What was found, in plain words.</param>
internal sealed record GateCheck(string Name, bool Passed, string Words);

/// <summary>What is live when a run begins.</summary>
/// <param name="Version">The version.</param>
/// <param name="DataVersion">The data that it was made from.</param>
/// <param name="Trial">Its recipe on the split of the run; null when this version of the code can't follow it.</param>
/// <param name="IsDamaged">Whether its files are, so that nobody can begin with it.</param>
internal sealed record Champion(string Version, string DataVersion, Trial? Trial, bool IsDamaged = false);
