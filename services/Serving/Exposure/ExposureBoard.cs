using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Recommender.Serving.Catalog;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Exposure;

/// <summary>
/// Counts how often each video is shown, in windows of time, for two figures about the last full window: the part of the catalog that was
/// shown, and how unequally. Bounded: when a window has too many different videos, further ones are not counted in it.
/// </summary>
[Stage(30)]
internal sealed class ExposureBoard : ISideEffect
{
    private const int MaxVideos = 200_000;
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(10);

    private readonly VideoCatalog _catalog;
    private readonly TimeProvider _time;
    private readonly Lock _sync = new();
    private Window _window;
    private Figures? _last;

    public ExposureBoard(VideoCatalog catalog, ServingMetrics metrics, TimeProvider time)
    {
        (_catalog, _time, _window) = (catalog, time, new Window(0, time.GetTimestamp()));
        metrics.Observe(ServingMetrics.Coverage, () => Current()?.Coverage);
        metrics.Observe(ServingMetrics.ExposureGini, () => Current()?.Gini);
    }

    /// <inheritdoc/>
    public void After(ViewerQuery query, RecommendResponse response)
    {
        var window = Turn();
        foreach (ref readonly var shown in CollectionsMarshal.AsSpan(query.Scratch.Selected))
        {
            if (shown.Video?.Showings is { } known && known.Window == window.Number)
            {
                known.Add();
                continue;
            }
            if (window.Find(shown.VideoId) is not { } showings) continue;
            showings.Add();
            shown.Video?.Showings = showings;
        }
    }

    /// <summary>The figures of the last full window; of the current one while there is none.</summary>
    public Figures? Current()
    {
        var window = Turn();
        return Volatile.Read(ref _last) ?? FiguresOf(window);
    }

    /// <summary>The Gini coefficient of non-negative counts: 0 when all are equal, towards 1 when one has all. Sorts the counts.</summary>
    public static double GiniOf(Span<long> counts)
    {
        counts.Sort();
        var (weighted, sum) = (0.0, 0.0);
        for (var i = 0; i < counts.Length; i++)
        {
            weighted += (double)(i + 1) * counts[i];
            sum += counts[i];
        }
        return sum > 0 ? ((2 * weighted) / (counts.Length * sum)) - ((counts.Length + 1.0) / counts.Length) : 0;
    }

    /// <summary>The window that counts now.</summary>
    private Window Turn()
    {
        var window = Volatile.Read(ref _window);
        if (_time.GetElapsedTime(window.Begin) < s_window) return window;
        lock (_sync)
        {
            if (_window != window) return _window;
            Volatile.Write(ref _last, FiguresOf(window));
            _window = new Window(window.Number + 1, _time.GetTimestamp());
            return _window;
        }
    }

    private Figures? FiguresOf(Window window)
    {
        long[] counts = [.. window.Shown.Select(shown => shown.Value.Count)];
        return counts.Length == 0 ? null : new Figures(Math.Min(1, (double)counts.Length / Math.Max(1, _catalog.Count)), GiniOf(counts));
    }

    /// <summary>How a window's showings were spread.</summary>
    /// <param name="Coverage">Part of the catalog that was shown.</param>
    /// <param name="Gini">Inequality among the videos shown.</param>
    internal sealed record Figures(double Coverage, double Gini);

    private sealed class Window(long number, long begin)
    {
        private int _count;

        public long Number { get; } = number;

        public long Begin { get; } = begin;

        public ConcurrentDictionary<string, Showings> Shown { get; } = new(StringComparer.Ordinal);

        /// <summary>Where the showings of a video are counted; null when the window has too many videos.</summary>
        public Showings? Find(string videoId)
        {
            if (Shown.TryGetValue(videoId, out var known)) return known;
            if (Volatile.Read(ref _count) >= MaxVideos) return null;
            var made = new Showings(Number);
            var kept = Shown.GetOrAdd(videoId, made);
            if (ReferenceEquals(kept, made)) Interlocked.Increment(ref _count);
            return kept;
        }
    }
}
