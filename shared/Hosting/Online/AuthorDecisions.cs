using System.Runtime.InteropServices;

namespace Recommender.Hosting.Online;

/// <summary>
/// What a viewer decided about authors in one matter (muting, or following), one decision each: the one that occurred last, whatever the order in which they
/// arrive. What was taken back is kept as long as there is room, so that an older decision which comes late changes nothing. Not thread-safe.
/// </summary>
public sealed class AuthorDecisions
{
    private readonly List<AuthorDecision> _decisions = [];

    /// <summary>The decisions, newest first.</summary>
    public ReadOnlySpan<AuthorDecision> Decisions => CollectionsMarshal.AsSpan(_decisions);

    /// <summary>The authors of decisions that hold, decided last first.</summary>
    public IEnumerable<string> Ids => _decisions.Where(d => d.Holds).Select(d => d.AuthorId);

    /// <summary>Whether something about the author, decided at a time (Unix milliseconds), was taken back since then.</summary>
    public bool IsTakenBack(string authorId, long decidedAtMs)
    {
        foreach (ref readonly var decision in Decisions)
            if (decision.AuthorId == authorId) return !decision.Holds && decision.AtMs >= decidedAtMs;
        return false;
    }

    /// <summary>Takes a decision.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="limit">How many are kept, at least 1. What goes first is what was taken back, then what was decided first.</param>
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
            var last = _decisions.FindLastIndex(d => !d.Holds);
            _decisions.RemoveAt(last >= 0 ? last : _decisions.Count - 1);
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _decisions.Clear();

    internal void Write(ByteWriter writer, long newest)
    {
        writer.VarInt(_decisions.Count);
        foreach (var (author, at, holds) in _decisions)
        {
            writer.Text(author);
            writer.VarInt(((newest - at) << 1) | (holds ? 1L : 0));
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

    /// <summary>A total order, newest first. Of the same millisecond what holds counts: of a mute, rather too little is shown than the wrong thing.</summary>
    private static bool IsBefore(in AuthorDecision a, in AuthorDecision b)
    {
        if (a.AtMs != b.AtMs) return a.AtMs > b.AtMs;
        return a.Holds != b.Holds ? a.Holds : string.CompareOrdinal(a.AuthorId, b.AuthorId) < 0;
    }
}

/// <summary>A viewer decided something about an author, or took that back.</summary>
/// <param name="AuthorId">The author.</param>
/// <param name="AtMs">When, Unix milliseconds.</param>
/// <param name="Holds">Whether it holds since; false: it was taken back.</param>
public readonly record struct AuthorDecision(string AuthorId, long AtMs, bool Holds);
