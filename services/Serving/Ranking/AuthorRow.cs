using System.Runtime.InteropServices;
using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Ranking;

/// <summary>The authors of the newest places of an answer in the making.</summary>
internal readonly ref struct AuthorRow(List<Candidate> selected, ServingOptions options)
{
    private readonly ReadOnlySpan<Candidate> _row = CollectionsMarshal.AsSpan(selected)[Math.Max(0, selected.Count - options.AuthorWindow + 1)..];
    private readonly int _cap = options.AuthorCap;

    /// <summary>Whether the video may take the next place.</summary>
    public bool Admits(in Candidate candidate)
    {
        if (candidate.Video is not { AuthorId.Length: > 0 } video) return true;
        var same = 0;
        foreach (ref readonly var other in _row)
            if (other.Video?.AuthorId == video.AuthorId) same++;
        return same < _cap;
    }
}
