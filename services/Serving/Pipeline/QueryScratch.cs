using Microsoft.Extensions.ObjectPool;
using Recommender.Hosting.Online;
using Recommender.Modeling.Retrieval;
using Recommender.Modeling.Weights;
using Recommender.Serving.Catalog;
using Recommender.Serving.Ranking;
using Recommender.Serving.Viewers;

namespace Recommender.Serving.Pipeline;

/// <summary>The working memory of one request. Requests hand it on, so that the steady state allocates little.</summary>
internal sealed class QueryScratch : IResettable
{
    /// <summary>What is read of the viewer.</summary>
    public ViewerScratch Viewer { get; } = new();

    /// <summary>Ids that the request says to leave out.</summary>
    public HashSet<string> Excluded { get; } = new(StringComparer.Ordinal);

    /// <summary>Item numbers of what the viewer saw lately: to look at a number takes no text from memory.</summary>
    public ItemSet SeenItems { get; } = new();

    /// <summary>Ids of what the viewer saw lately and the model does not know.</summary>
    public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);

    /// <summary>What the viewer did, per item number.</summary>
    public Dictionary<int, PairSignals> Signals { get; } = [];

    /// <summary>Item numbers of the viewer's history.</summary>
    public List<int> Items { get; } = [];

    /// <summary>Confidences beside <see cref="Items"/>.</summary>
    public List<float> Confidences { get; } = [];

    /// <summary>Item numbers of what was just liked.</summary>
    public List<int> JustLiked { get; } = [];

    /// <summary>Videos of the viewer's history that the model does not know.</summary>
    public List<RecentInteraction> Unknown { get; } = [];

    /// <summary>Authors whom the viewer follows.</summary>
    public HashSet<string> Followed { get; } = new(StringComparer.Ordinal);

    /// <summary>Videos of followed authors, each author's from a place on, with how many of them were taken; by the time of the next, newest first.</summary>
    public PriorityQueue<(CatalogVideo[] Videos, int At, int Taken), long> News { get; } = new();

    /// <summary>Authors of whom the viewer wants to see nothing.</summary>
    public HashSet<string> Muted { get; } = new(StringComparer.Ordinal);

    /// <summary>Languages that the viewer understands, lower case; empty when unknown.</summary>
    public List<string> Languages { get; } = [];

    /// <summary>Item numbers that a search leaves out.</summary>
    public ItemSet Blocked { get; } = new();

    /// <summary>One per source.</summary>
    public List<CandidateSink> Sinks { get; } = [];

    /// <summary>Proposals of all sources, each video once.</summary>
    public List<Candidate> Candidates { get; } = [];

    /// <summary>Where the proposals are in <see cref="Candidates"/>.</summary>
    public ProposedPlaces Places { get; } = new();

    /// <summary>Videos of the viewer's list that were proposed as such; the rest of the list begins there.</summary>
    public int ListTaken { get; set; }

    /// <summary>Working memory of the scorer.</summary>
    public RankerScratch Ranker { get; } = new();

    /// <summary>Working memory of the selector.</summary>
    public SelectorScratch Selector { get; } = new();

    /// <summary>The answer.</summary>
    public List<Candidate> Selected { get; } = [];

    private float[] _vector = [];
    private float[] _scores = [];
    private ScoredItem[] _found = [];

    /// <summary>Room for a viewer's vector.</summary>
    public Memory<float> Vector(int length)
    {
        if (_vector.Length < length) _vector = new float[length];
        return _vector.AsMemory(0, length);
    }

    /// <summary>Room for scores.</summary>
    public Span<float> Scores(int length)
    {
        if (_scores.Length < length) _scores = new float[length];
        return _scores.AsSpan(0, length);
    }

    /// <summary>Room for the result of a search.</summary>
    public Span<ScoredItem> Found(int length)
    {
        if (_found.Length < length) _found = new ScoredItem[length];
        return _found.AsSpan(0, length);
    }

    /// <summary>Whether a source that took too long may still read it: then no other request may have it.</summary>
    public bool IsAbandoned { get; set; }

    /// <inheritdoc/>
    public bool TryReset()
    {
        if (IsAbandoned) return false;
        Excluded.Clear();
        SeenItems.Clear();
        Seen.Clear();
        Signals.Clear();
        Items.Clear();
        Confidences.Clear();
        JustLiked.Clear();
        Unknown.Clear();
        Followed.Clear();
        News.Clear();
        Muted.Clear();
        Languages.Clear();
        Blocked.Clear();
        ListTaken = 0;
        Ranker.Reset();
        foreach (var sink in Sinks) sink.Candidates.Clear();
        Candidates.Clear();
        Places.Clear();
        Selected.Clear();
        return true;
    }
}
