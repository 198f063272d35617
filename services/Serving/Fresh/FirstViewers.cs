using Recommender.Serving.Model;

namespace Recommender.Serving.Fresh;

/// <summary>
/// What is learnt of new videos from the viewers that liked or watched them first: the sum of those viewers' directions in the live model's
/// space, each viewer once, and how much each says. Bounded: a fixed number of videos, and of viewers per video. Safe for concurrent use.
/// </summary>
internal sealed class FirstViewers
{
    private const int MaxVideos = 4096;

    /// <summary>After as many the next model knows the video soon enough.</summary>
    private const int MaxViewers = 64;

    private readonly Lock _sync = new();
    private readonly Dictionary<string, Sum> _videos = new(StringComparer.Ordinal);
    private string _modelVersion = "";

    /// <summary>Takes note of what a viewer said of a video; of one that is known already, that it says something else by now.</summary>
    /// <param name="modelVersion">The model in whose space the viewer's vector is; what was learnt in another one is dropped.</param>
    /// <param name="videoId">The video.</param>
    /// <param name="viewer">Stable hash of the viewer's id.</param>
    /// <param name="vector">The viewer's vector.</param>
    /// <param name="confidence">As in training; at or below zero the viewer has taken back what was liked, and one who never liked it counts for nothing.</param>
    public void Add(string modelVersion, string videoId, ulong viewer, ReadOnlySpan<float> vector, float confidence)
    {
        var norm = MathF.Sqrt(Vectors.Dot(vector, vector));
        if (!(norm > 0)) return;
        confidence = Math.Max(confidence, 0);
        lock (_sync)
        {
            if (_modelVersion != modelVersion) _videos.Clear();
            _modelVersion = modelVersion;
            if (!_videos.TryGetValue(videoId, out var sum))
            {
                if (_videos.Count == MaxVideos || confidence == 0) return;
                _videos[videoId] = sum = new Sum(new float[vector.Length], []);
            }
            if (sum.Viewers.ContainsKey(viewer))
            {
                sum.Viewers[viewer] = confidence;
                return;
            }
            if (sum.Viewers.Count == MaxViewers || confidence == 0) return;
            sum.Viewers.Add(viewer, confidence);
            Vectors.AddScaled(sum.Directions, vector, 1 / norm);
        }
    }

    /// <summary>Adds what is known of a video, and says how many viewers it comes from.</summary>
    public int AddTo(string modelVersion, string videoId, Span<float> directions)
    {
        lock (_sync)
        {
            if (_modelVersion != modelVersion || !_videos.TryGetValue(videoId, out var sum)) return 0;
            Vectors.AddScaled(directions, sum.Directions, 1);
            return sum.Viewers.Count;
        }
    }

    /// <summary>Adds the viewers of a video who have not taken back what they liked, and the confidence of each.</summary>
    public void CopyTo(string modelVersion, string videoId, List<(ulong Viewer, float Confidence)> viewers)
    {
        lock (_sync)
        {
            if (_modelVersion != modelVersion || !_videos.TryGetValue(videoId, out var sum)) return;
            foreach (var (viewer, confidence) in sum.Viewers)
                if (confidence > 0) viewers.Add((viewer, confidence));
        }
    }

    /// <summary>Forgets videos that are not new any more.</summary>
    public void Keep(HashSet<string> videos)
    {
        lock (_sync)
        {
            foreach (var videoId in _videos.Keys)
                if (!videos.Contains(videoId)) _videos.Remove(videoId);
        }
    }

    private sealed record Sum(float[] Directions, Dictionary<ulong, float> Viewers);
}
