using Microsoft.Extensions.ObjectPool;
using Recommender.Hosting.Online;
using Recommender.Serving.Feed;
using Recommender.Serving.Fresh;
using Recommender.Serving.Model;
using Recommender.Serving.Trending;
using Recommender.Serving.Viewers;
using Recommender.V1;

namespace Recommender.Serving.Pipeline;

/// <summary>One request with everything that the stages learn about it. Hydrators write it; from the sources on it is only read.</summary>
internal sealed class ViewerQuery : IDisposable
{
    /// <summary>
    /// Devices stamp events with their own clocks, so an event may look older than it is. One that seems this much older than the list may
    /// still be missing in it.
    /// </summary>
    private static readonly TimeSpan s_clockDoubt = TimeSpan.FromMinutes(10);

    private static readonly ViewerState s_unknown = new();

    private QueryScratch? _scratch;

    /// <summary>The request.</summary>
    public required RecommendRequest Request { get; init; }

    /// <summary>Videos wanted, 1 to 200.</summary>
    public required int Count { get; init; }

    /// <summary>How answers are made, as the viewer's experiment arms say.</summary>
    public required ServingOptions Options { get; init; }

    /// <summary>The viewer's experiment arms; empty without experiments.</summary>
    public string Arm { get; init; } = "";

    /// <summary>The moment of the request.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>When the caller stops waiting.</summary>
    public required DateTime Deadline { get; init; }

    /// <summary>The model that answers; null while none is loaded.</summary>
    public required ModelGeneration? Model { get; init; }

    /// <summary>The trending window that fills answers.</summary>
    public required TrendingWindow Trending { get; init; }

    /// <summary>Vectors of videos that the model does not know.</summary>
    public ColdVectors Cold { get; init; } = ColdVectors.None;

    /// <summary>Where the viewer is, upper case; empty when unknown.</summary>
    public string Country { get; set; } = "";

    /// <summary>The viewer's age in years; -1 when unknown.</summary>
    public int Age { get; set; } = -1;

    /// <summary>Whether nobody gets the answer: what is learnt from answers is not learnt from this one.</summary>
    public bool IsRehearsal { get; set; }

    /// <summary>Where <see cref="Scratch"/> comes from.</summary>
    public required ObjectPool<QueryScratch> Pool { get; init; }

    /// <summary>
    /// Memory that is used again by later requests. It is taken when it is first asked for, which is when the viewer has been read: so few are in use at a
    /// time, however many requests wait for Redis, and they stay in the caches.
    /// </summary>
    public QueryScratch Scratch => _scratch ??= Pool.Get();

    /// <summary>What Redis said.</summary>
    public ViewerRead Viewer { get; set; }

    /// <summary>What the viewer did; where it could not be read, what a stream tells of it, or nothing.</summary>
    public ViewerState State => Viewer.State ?? Told ?? s_unknown;

    /// <summary>What a stream knows of the viewer beside Redis; null outside of streams.</summary>
    public StreamHistory? History { get; set; }

    /// <summary>What a stream tells of a viewer whose state could not be read.</summary>
    public ViewerState? Told { get; set; }

    /// <summary>Whether the viewer may have done something that is not in the list, or there is no list of the live model.</summary>
    public bool HasNews => Request.RecentVideoIds.Count > 0 || Viewer.List is not { } list || list.ModelVersion != Model?.Version
        || State.LastSeenAtMs > list.ComputedAtMs - (long)s_clockDoubt.TotalMilliseconds;

    /// <summary>What the answer mainly comes from.</summary>
    public Tier Tier { get; set; } = Tier.Trending;

    /// <summary>What the answer lacks.</summary>
    public Degradation Degradation { get; set; }

    /// <summary>The viewer's vector; empty outside of <see cref="Tier.RealTime"/>.</summary>
    public ReadOnlyMemory<float> Vector { get; set; }

    /// <summary>How long solving it took.</summary>
    public TimeSpan SolvedIn { get; set; }

    /// <summary>Item numbers of what the viewer has just liked or shared and the model has vectors for, newest first.</summary>
    public List<int> JustLiked => Scratch.JustLiked;

    /// <summary>What is left of the caller's time.</summary>
    public TimeSpan Remaining(TimeProvider time) => Deadline == DateTime.MaxValue ? TimeSpan.MaxValue : Deadline - time.GetUtcNow().UtcDateTime;

    /// <summary>Whether the request says to leave the video out.</summary>
    public bool IsExcluded(string videoId) => Scratch.Excluded.Contains(videoId);

    /// <summary>Item number of what the viewer did something with; false when there is no model or it does not know it.</summary>
    public bool TryFind(in RecentInteraction interaction, out int item)
    {
        // What Redis said was read with the numbers of this very model.
        item = interaction.Number;
        return item >= 0 || Model?.TryFind(interaction.VideoId, out item) == true;
    }

    /// <summary>Notes that the viewer saw the video of an interaction.</summary>
    public void NoteSeen(in RecentInteraction interaction)
    {
        if (interaction.Number >= 0) Scratch.SeenItems.Add(interaction.Number);
        else NoteSeen(interaction.VideoId);
    }

    /// <summary>Notes that the viewer saw a video.</summary>
    public void NoteSeen(string videoId)
    {
        if (Model?.TryFind(videoId, out var item) == true) Scratch.SeenItems.Add(item);
        else Scratch.Seen.Add(videoId);
    }

    /// <summary>Whether the viewer saw the video, as far as is known.</summary>
    public bool HasSeen(ref Candidate candidate) =>
        (candidate.Item >= 0 ? Scratch.SeenItems.Contains(candidate.Item) : Scratch.Seen.Contains(candidate.VideoId)) || (State.OlderSeen.Count > 0 && State.OlderSeen.Contains(HashOf(ref candidate)));

    /// <summary>Whether the viewer said not to be interested in the video.</summary>
    public bool IsHidden(ref Candidate candidate) => State.Hidden.Count > 0 && State.Hidden.Contains(HashOf(ref candidate));

    /// <summary>Hands the memory on. What was selected must not be read afterwards.</summary>
    public void Dispose()
    {
        if (_scratch is { } scratch) Pool.Return(scratch);
    }

    /// <summary>The stable hash of a candidate's id, computed at most once.</summary>
    private ulong HashOf(ref Candidate candidate)
    {
        if (candidate.Hash == 0) candidate.Hash = candidate.Item >= 0 ? Model!.HashOf(candidate.Item) : StableHash.Of(candidate.VideoId);
        return candidate.Hash;
    }
}
