using System.Runtime.InteropServices;

namespace Recommender.Hosting.Online;

/// <summary>
/// What a viewer decided about authors, one decision each: the one that occurred last, whatever the order in which they arrive. Authors whom the viewer
/// mutes no more are kept as long as there is room, so that an older mute which comes late changes nothing. Not thread-safe.
/// </summary>
public sealed class MutedAuthors
{
    private readonly List<AuthorDecision> _decisions = [];

    /// <summary>The decisions, newest first.</summary>
    public ReadOnlySpan<AuthorDecision> Decisions => CollectionsMarshal.AsSpan(_decisions);

    /// <summary>The muted authors, muted last first.</summary>
    public IEnumerable<string> Ids => _decisions.Where(d => d.IsMuted).Select(d => d.AuthorId);

    /// <summary>Takes a decision.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="limit">How many are kept, at least 1. What goes first are authors no longer muted, then those muted first.</param>
    public void Decide(in AuthorDecision decision, int limit)
    {
        var decisions = CollectionsMarshal.AsSpan(_decisions);
        for (var i = 0; i < decisions.Length; i++)
        {
            if (decisions[i].AuthorId != decision.AuthorId) continue;
            if (!IsBefore(decision, decisions[i])) return;
            _decisions.RemoveAt(i);
            break;
        }
        Add(decision);
        while (_decisions.Count > limit)
        {
            var last = _decisions.FindLastIndex(d => !d.IsMuted);
            _decisions.RemoveAt(last >= 0 ? last : _decisions.Count - 1);
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _decisions.Clear();

    internal void Write(ByteWriter writer, long newest)
    {
        writer.VarInt(_decisions.Count);
        foreach (var (author, at, isMuted) in _decisions)
        {
            writer.Text(author);
            writer.VarInt(((newest - at) << 1) | (isMuted ? 1L : 0));
        }
    }

    internal void Read(ref ByteReader reader, long newest)
    {
        var count = reader.Count();
        _decisions.EnsureCapacity(count);
        for (var i = 0; i < count; i++)
        {
            var author = reader.Text();
            var number = reader.VarInt();
            _decisions.Add(new AuthorDecision(author, newest - (number >> 1), (number & 1) != 0));
        }
    }

    private void Add(in AuthorDecision decision)
    {
        var index = 0;
        while (index < _decisions.Count && IsBefore(_decisions[index], decision)) index++;
        _decisions.Insert(index, decision);
    }

    /// <summary>A total order, newest first. Of the same millisecond a mute counts: rather too little is shown than the wrong thing.</summary>
    private static bool IsBefore(in AuthorDecision a, in AuthorDecision b)
    {
        if (a.AtMs != b.AtMs) return a.AtMs > b.AtMs;
        return a.IsMuted != b.IsMuted ? a.IsMuted : string.CompareOrdinal(a.AuthorId, b.AuthorId) < 0;
    }
}

/// <summary>A viewer muted an author, or took that back.</summary>
/// <param name="AuthorId">The author.</param>
/// <param name="AtMs">When, Unix milliseconds.</param>
/// <param name="IsMuted">Whether the author is muted since.</param>
public readonly record struct AuthorDecision(string AuthorId, long AtMs, bool IsMuted);
