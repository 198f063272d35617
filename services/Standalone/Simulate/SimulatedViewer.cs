namespace Recommender.Standalone.Simulate;

/// <summary>A viewer of the simulated world.</summary>
/// <param name="Id">Their id.</param>
/// <param name="Taste">What they hide: liking of each theme, 0 to 1, the favourite at 1.</param>
/// <param name="Activity">How often they come, relative to others.</param>
internal sealed record SimulatedViewer(string Id, IReadOnlyList<double> Taste, double Activity)
{
    /// <summary>Indices of the themes they like most, best first.</summary>
    public IEnumerable<int> Favourites => Enumerable.Range(0, Taste.Count).Where(t => Taste[t] > 0.3).OrderByDescending(t => Taste[t]);

    /// <summary>How much they are drawn to a video: 0 to 1.</summary>
    public double Affinity(SimulatedVideo video) =>
        video.Themes.Count == 1 ? Taste[video.Themes[0]] : 0.7 * Taste[video.Themes[0]] + 0.3 * Taste[video.Themes[1]];
}
