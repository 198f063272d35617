using Recommender.Modeling.Weights;
using Recommender.Training.Dataset;

namespace Recommender.Training.Publishing;

/// <summary>How videos are watched, liked and shared by all viewers: what the ranker knows of a video besides its vector.</summary>
internal static class VideoRates
{
    /// <summary>Numbers per video: mean watch ratio, likes per view, shares per view.</summary>
    public const int Columns = 3;

    /// <summary>Views of an average video that are added to each one's own, so that few views say little.</summary>
    private const double PriorViews = 20;

    /// <summary>The rates by video, and after them those of a video without any view: (videos + 1) x 3, row-major.</summary>
    public static float[] Of(EventDataset events)
    {
        var videos = events.Videos.Count;
        var (views, timed, watched) = (new double[videos + 1], new double[videos + 1], new double[videos + 1]);
        var (likes, shares) = (new double[videos + 1], new double[videos + 1]);
        for (var viewer = 0; viewer < events.Viewers.Count; viewer++)
        {
            var own = events.Events(viewer);
            for (var i = 0; i < own.Length; i++)
            {
                var video = own.Videos[i];
                switch (own.SignalAt(i))
                {
                    case Signal.View:
                        views[video]++;
                        if (!(events.Durations[video] > 0)) break;
                        timed[video]++;
                        watched[video] += Math.Min(1, own.WatchSeconds[i] / events.Durations[video]);
                        break;
                    case Signal.Like: likes[video]++; break;
                    case Signal.Unlike: likes[video]--; break;
                    case Signal.Share: shares[video]++; break;
                }
            }
        }
        double Mean(double[] sums, double[] counts) => counts.Sum() is > 0 and var all ? sums.Sum() / all : 0;
        var (meanWatched, meanLikes, meanShares) = (Mean(watched, timed), Mean(likes, views), Mean(shares, views));
        var rates = new float[(videos + 1) * Columns];
        for (var video = 0; video <= videos; video++)
        {
            rates[video * Columns] = (float)((watched[video] + (PriorViews * meanWatched)) / (timed[video] + PriorViews));
            rates[(video * Columns) + 1] = (float)((Math.Max(0, likes[video]) + (PriorViews * meanLikes)) / (views[video] + PriorViews));
            rates[(video * Columns) + 2] = (float)((shares[video] + (PriorViews * meanShares)) / (views[video] + PriorViews));
        }
        return rates;
    }
}
