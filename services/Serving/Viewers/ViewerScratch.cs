using Recommender.Hosting.Online;

namespace Recommender.Serving.Viewers;

/// <summary>Memory for what is read of one viewer; used again for the next.</summary>
internal sealed class ViewerScratch
{
    /// <summary>Receives the state.</summary>
    public ViewerState State { get; } = new();

    /// <summary>Receives the list.</summary>
    public StoredList List { get; } = new();
}
