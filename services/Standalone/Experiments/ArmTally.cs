using System.Runtime.InteropServices;

namespace Recommender.Standalone.Experiments;

/// <summary>What the viewers of one arm were shown and did, per viewer.</summary>
internal sealed class ArmTally
{
    private readonly Dictionary<string, Viewer> _viewers = new(StringComparer.Ordinal);

    /// <summary>Viewers who were shown anything.</summary>
    public int Viewers => _viewers.Count;

    /// <summary>Videos shown.</summary>
    public double Impressions => _viewers.Values.Sum(viewer => viewer.Impressions);

    /// <summary>Counts a video shown.</summary>
    public void Show(string userId) => CollectionsMarshal.GetValueRefOrAddDefault(_viewers, userId, out _).Impressions++;

    /// <summary>Counts what came of a video shown.</summary>
    public void Add(string userId, Outcome outcome, double amount)
    {
        ref var viewer = ref CollectionsMarshal.GetValueRefOrAddDefault(_viewers, userId, out _);
        switch (outcome)
        {
            case Outcome.View: viewer.Views += amount; break;
            case Outcome.Like: viewer.Likes += amount; break;
            case Outcome.Share: viewer.Shares += amount; break;
            case Outcome.WatchSeconds: viewer.WatchSeconds += amount; break;
        }
    }

    /// <summary>Outcomes and impressions per viewer, in one order.</summary>
    public (double[] Outcomes, double[] Impressions) Of(Outcome outcome) => (
        [.. _viewers.Values.Select(viewer => outcome switch
        {
            Outcome.View => viewer.Views,
            Outcome.Like => viewer.Likes,
            Outcome.Share => viewer.Shares,
            _ => viewer.WatchSeconds,
        })],
        [.. _viewers.Values.Select(viewer => viewer.Impressions)]);

    private record struct Viewer(double Impressions, double Views, double Likes, double Shares, double WatchSeconds);
}
