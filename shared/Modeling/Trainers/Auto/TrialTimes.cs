namespace Recommender.Modeling.Trainers.Auto;

/// <summary>What trials took, and what further ones will take by that.</summary>
internal sealed class TrialTimes
{
    private readonly Dictionary<string, SortedList<double, (double Seconds, int Trials)>> _byTrainer = [];

    /// <summary>Seconds of all trials.</summary>
    public double Spent => _byTrainer.Values.Sum(shares => shares.Values.Sum(s => s.Seconds));

    /// <summary>Whether a trainer had a trial.</summary>
    public bool Knows(string trainer) => _byTrainer.ContainsKey(trainer);

    /// <summary>Seconds of a trainer's trials.</summary>
    public double SpentOn(string trainer) => _byTrainer.TryGetValue(trainer, out var shares) ? shares.Values.Sum(s => s.Seconds) : 0;

    /// <summary>Takes note of a trial.</summary>
    public void Add(string trainer, double share, double seconds)
    {
        if (!_byTrainer.TryGetValue(trainer, out var shares)) _byTrainer[trainer] = shares = [];
        var (sum, trials) = shares.GetValueOrDefault(share);
        shares[share] = (sum + seconds, trials + 1);
    }

    /// <summary>
    /// Seconds that a trial of a trainer will take on a share of the viewers; 0 of one that had none. Between shares that were tried by the line
    /// through the smallest and the largest, since part of the work does not depend on the viewers: by one share alone, half of it.
    /// </summary>
    public double Expected(string trainer, double share)
    {
        if (!_byTrainer.TryGetValue(trainer, out var shares)) return 0;
        if (shares.TryGetValue(share, out var tried)) return tried.Seconds / tried.Trials;
        var (low, high) = (shares.GetKeyAtIndex(0), shares.GetKeyAtIndex(shares.Count - 1));
        var (quick, slow) = (Mean(shares[low]), Mean(shares[high]));
        if (shares.Count == 1) return slow * (share > high ? share / high : 0.5 + (0.5 * share / high));
        var slope = Math.Max(0, (slow - quick) / (high - low));
        return Math.Max(0, quick + (slope * (share - low)));
    }

    private static double Mean((double Seconds, int Trials) tried) => tried.Seconds / tried.Trials;
}
