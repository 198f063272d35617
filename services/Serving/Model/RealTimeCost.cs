namespace Recommender.Serving.Model;

/// <summary>What solving a viewer's vector and searching with it takes lately: a moving average, so that a call short of time can know better.</summary>
internal sealed class RealTimeCost
{
    private const double NewestShare = 0.1;
    private double _milliseconds;

    /// <summary>The average.</summary>
    public TimeSpan Expected => TimeSpan.FromMilliseconds(Volatile.Read(ref _milliseconds));

    /// <summary>Begins anew, for another model.</summary>
    public void Reset(TimeSpan measured) => Volatile.Write(ref _milliseconds, measured.TotalMilliseconds);

    /// <summary>Takes a measurement in. A lost update among threads does no harm.</summary>
    public void Add(TimeSpan measured)
    {
        var old = Volatile.Read(ref _milliseconds);
        Volatile.Write(ref _milliseconds, old + (NewestShare * (measured.TotalMilliseconds - old)));
    }
}
