using Recommender.Serving.Catalog;

namespace Recommender.Serving.Model;

/// <summary>The model that answers now. Swapping it is one reference write; deletions of the catalog reach it at once.</summary>
internal sealed class CurrentModel
{
    private readonly VideoCatalog _catalog;
    private ModelGeneration? _generation;

    public CurrentModel(VideoCatalog catalog)
    {
        _catalog = catalog;
        catalog.DeletionChanged += (videoId, isDeleted) => Generation?.MarkDeleted(videoId, isDeleted);
    }

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
        }
    }
}
