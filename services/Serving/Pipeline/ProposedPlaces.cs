using System.Runtime.InteropServices;
using Recommender.Serving.Model;

namespace Recommender.Serving.Pipeline;

/// <summary>Places among the candidates: by item number where the model knows the video, which takes no text from memory, by id otherwise.</summary>
internal sealed class ProposedPlaces
{
    private readonly Dictionary<int, int> _byItem = [];
    private readonly Dictionary<string, int> _byId = new(StringComparer.Ordinal);

    /// <summary>The place of a candidate; a new one where it was not there yet, for the caller to set.</summary>
    public ref int PlaceOf(in Candidate candidate, out bool isKnown)
    {
        if (candidate.Item >= 0) return ref CollectionsMarshal.GetValueRefOrAddDefault(_byItem, candidate.Item, out isKnown)!;
        return ref CollectionsMarshal.GetValueRefOrAddDefault(_byId, candidate.VideoId, out isKnown)!;
    }

    /// <summary>The place of a video, if it was proposed.</summary>
    public bool TryFind(ReadOnlySpan<char> videoId, ModelGeneration? model, out int place) =>
        model?.TryFind(videoId, out var item) == true ? _byItem.TryGetValue(item, out place) : _byId.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(videoId, out place);

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _byItem.Clear();
        _byId.Clear();
    }
}
