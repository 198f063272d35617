using System.Runtime.InteropServices;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Ranking;

namespace Recommender.Serving.Exposure;

/// <summary>Measures how unlike one another the videos of an answer are (intra-list diversity), for a sample of the answers.</summary>
internal sealed class AnswerDiversity(ServingMetrics metrics)
{
    private const int OneOf = 16;
    private const int MostVideos = 20;
    private uint _answers;

    /// <summary>Measures an answer if it is its turn.</summary>
    public void Sample(ViewerQuery query)
    {
        if (query.Scratch.Selected.Count > 1 && Interlocked.Increment(ref _answers) % OneOf == 1) metrics.Diverse(Of(query));
    }

    /// <summary>The mean of one minus the similarity over all pairs of the first twenty videos: 0 to 1.</summary>
    public static double Of(ViewerQuery query)
    {
        var videos = CollectionsMarshal.AsSpan(query.Scratch.Selected);
        if (videos.Length > MostVideos) videos = videos[..MostVideos];
        var (sum, pairs) = (0.0, 0);
        for (var i = 1; i < videos.Length; i++)
        {
            for (var j = 0; j < i; j++) sum += 1 - Similarity.Of(query, videos[i], videos[j]);
            pairs += i;
        }
        return pairs > 0 ? sum / pairs : 0;
    }
}
