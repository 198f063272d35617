using Recommender.Serving.Catalog;

namespace Recommender.Serving.Model;

/// <summary>The model that answers now. Swapping it is one reference write; deletions of the catalog reach it at once.</summary>
internal sealed class CurrentModel
{
    private readonly VideoCatalog _catalog;
    private readonly List<WeakReference<ModelGeneration>> _published = [];
    private ModelGeneration? _generation;

    public CurrentModel(VideoCatalog catalog)
    {
        _catalog = catalog;
        catalog.DeletionChanged += (videoId, isDeleted) => Generation?.MarkDeleted(videoId, isDeleted);
    }

    /// <summary>Told that another generation answers.</summary>
    public event Action? Published;

    /// <summary>The live generation; null while there is none. A call reads it once.</summary>
    public ModelGeneration? Generation => Volatile.Read(ref _generation);

    /// <summary>Makes a generation the one that answers from now on.</summary>
    public void Publish(ModelGeneration generation)
    {
        // Under the catalog's lock no deletion falls between the walk and the swap.
        lock (_catalog.Sync)
        {
            foreach (var videoId in _catalog.Deleted) generation.MarkDeleted(videoId, true);
            Volatile.Write(ref _generation, generation);
            _published.RemoveAll(static known => !known.TryGetTarget(out _));
            _published.Add(new WeakReference<ModelGeneration>(generation));
        }
        Published?.Invoke();
    }

    /// <summary>Generations that answered at some time and are still in memory, the live one included.</summary>
    public int CountInMemory()
    {
        lock (_catalog.Sync) return _published.Count(static known => known.TryGetTarget(out _));
    }

    /// <summary>
    /// Waits until only the live generation is in memory, so that loading another makes two: calls let go of a generation when they end, and
    /// the collector, asked to work in the background, does the rest.
    /// </summary>
    /// <returns>Whether that came true within the patience.</returns>
    public async Task<bool> OnlyLiveIsLeftAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        while (CountInMemory() > 1)
        {
            if (time.GetElapsedTime(begin) > patience) return false;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
            GC.WaitForPendingFinalizers();
        }
        return true;
    }
}
