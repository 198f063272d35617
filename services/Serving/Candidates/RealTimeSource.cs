using System.Globalization;
using System.Runtime.InteropServices;
using Recommender.Modeling.Retrieval;
using Recommender.Serving.Model;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Candidates;

/// <summary>
/// The videos that score best for the vector solved from the viewer's newest events: an exact search over all that the live model knows, and over
/// the new ones that it does not, by the vectors that author, tags and first viewers give them.
/// </summary>
[Stage(10)]
internal sealed class RealTimeSource(RealTimeCost cost, TimeProvider time) : ICandidateSource
{
    /// <summary>More than are wanted, so that the selector has a choice.</summary>
    private const int Extra = 20;

    /// <summary>Hashes are hundreds, and each is somewhere else in memory.</summary>
    private const int HashesAhead = 12;

    public string Name => "realtime";

    public SourceLimits Limits => new(1000, TimeSpan.FromMilliseconds(100));

    public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
    {
        if (query.Tier != Tier.RealTime) return ValueTask.CompletedTask;
        var model = query.Model!;
        var begin = time.GetTimestamp();
        var cold = query.Cold;
        var blocked = Blocked(query, model);
        var found = query.Scratch.Found(Math.Min(model.ItemCount + cold.Count, (2 * query.Count) + Extra));
        var count = model.Factors!.Search(query.Vector.Span, new ItemFilter([], model.Deleted, blocked.Bits), found, cold.Overlay);
        cost.Add(query.SolvedIn + time.GetElapsedTime(begin));
        model.Expect(found[..count]);
        foreach (var hit in found[..count])
        {
            sink.Offer(query, hit.Item < model.ItemCount
                ? new Candidate { VideoId = model.IdOf(hit.Item), Source = Source.Realtime, Item = hit.Item, FactorScore = hit.Score, Propensity = 1 }
                : new Candidate { VideoId = cold.IdOf(hit.Item - model.ItemCount), Source = Source.Fresh, Item = -1, FactorScore = hit.Score, Propensity = 1 });
        }
        return ValueTask.CompletedTask;
    }

    public string Explain(ViewerQuery query, in Candidate candidate)
    {
        if (candidate.Item < 0)
            return string.Create(CultureInfo.InvariantCulture, $"New, and fits this viewer by its author, tags or first viewers ({query.Cold.Score(query.Vector.Span, candidate.Cold):0.00})");
        return Nearest(query, candidate.Item) is { } nearest ? $"Fits what this viewer did lately, most of all {nearest}" : "Fits what this viewer did lately";
    }

    public void Trace(ViewerQuery query, in Candidate candidate, List<Evidence> into) => NearestEvents.AddTo(into, query, candidate);

    /// <summary>Item numbers that the search leaves out: filtering afterwards could leave too few.</summary>
    private static ItemSet Blocked(ViewerQuery query, ModelGeneration model)
    {
        var blocked = query.Scratch.Blocked;
        foreach (var videoId in query.Scratch.Excluded) Block(query, model, videoId);
        foreach (var hash in query.State.Hidden) Block(query, model, hash);
        if (!query.Request.IncludeSeen)
        {
            foreach (var item in query.Scratch.SeenItems.Items) blocked.Add(item);
            foreach (var videoId in query.Scratch.Seen) Block(query, model, videoId);
            var older = CollectionsMarshal.AsSpan(query.State.OlderSeen);
            for (var i = 0; i < older.Length; i++)
            {
                if (i + HashesAhead < older.Length) model.Expect(older[i + HashesAhead]);
                Block(query, model, older[i]);
            }
        }
        return blocked;
    }

    private static void Block(ViewerQuery query, ModelGeneration model, string videoId)
    {
        if (model.TryFind(videoId, out var item)) query.Scratch.Blocked.Add(item);
        else if (query.Cold.Find(videoId) is >= 0 and var cold) query.Scratch.Blocked.Add(model.ItemCount + cold);
    }

    private static void Block(ViewerQuery query, ModelGeneration model, ulong hash)
    {
        if (model.TryFind(hash, out var item)) query.Scratch.Blocked.Add(item);
        else if (query.Cold.Find(hash) is >= 0 and var cold) query.Scratch.Blocked.Add(model.ItemCount + cold);
    }

    private static string? Nearest(ViewerQuery query, int item)
    {
        var factors = query.Model!.Factors!;
        var (nearest, closest) = (-1, 0f);
        foreach (var other in query.Scratch.Items)
        {
            // Beyond the videos are those disliked, which speak for none.
            if (other >= query.Model.ItemCount) continue;
            var cosine = other == item ? 0 : factors.Cosine(item, other);
            if (cosine > closest) (nearest, closest) = (other, cosine);
        }
        return nearest < 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{query.Model.IdOf(nearest)} (cosine {closest:0.00})");
    }
}
