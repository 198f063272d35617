using System.Runtime.InteropServices;
using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Ranking;

/// <summary>The authors of the newest places of an answer in the making.</summary>
internal readonly ref struct AuthorRow(List<Candidate> selected, ServingOptions options)
{
    private readonly ReadOnlySpan<Candidate> _row = CollectionsMarshal.AsSpan(selected)[Math.Max(0, selected.Count - options.AuthorWindow + 1)..];

    /// <summary>Videos of the candidate's author in the row; 0 for an unknown author.</summary>
    public int Repeats(in Candidate candidate)
    {
        if (candidate.Video is not { AuthorHash: not 0 } video) return 0;
        var same = 0;
        foreach (ref readonly var other in _row)
            if (other.Video?.IsByAuthorOf(video) == true) same++;
        return same;
    }
}
