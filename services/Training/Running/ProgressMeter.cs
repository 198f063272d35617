namespace Recommender.Training.Running;

/// <summary>Adds up the progress of steps of known cost to one number from 0 to 1 that never falls.</summary>
/// <param name="total">Cost of all steps.</param>
/// <param name="report">Told every new value.</param>
internal sealed class ProgressMeter(double total, Action<double> report)
{
    private double _done;
    private double _reported;

    /// <summary>Begins a step; the returned function takes the share of it that is done, 0 to 1.</summary>
    public Action<double> Step(double cost)
    {
        var before = _done;
        _done += cost;
        return share => Report((before + (cost * Math.Clamp(share, 0, 1))) / total);
    }

    private void Report(double value)
    {
        // The end itself belongs to the run's last state.
        value = Math.Min(value, 0.999);
        if (value <= _reported) return;
        _reported = value;
        report(value);
    }
}
