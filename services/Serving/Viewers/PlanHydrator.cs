using System.Runtime.InteropServices;
using Recommender.Serving.Model;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Trending;

namespace Recommender.Serving.Viewers;

/// <summary>Chooses the tier of the answer and, for the real-time one, solves the viewer's vector.</summary>
[Stage(30)]
internal sealed class PlanHydrator(TrendingBoard board, RealTimeCost cost, ServingMetrics metrics, TimeProvider time) : IQueryHydrator
{
    /// <summary>Kept for ranking and for the way back.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromMilliseconds(1);

    public ValueTask HydrateAsync(ViewerQuery query, CancellationToken cancellationToken)
    {
        var facts = Judge(query);
        query.Tier = AnswerLadder.Choose(facts);
        query.Degradation = AnswerLadder.Describe(facts, query.Tier);
        if (query.Tier == Tier.RealTime) Solve(query);
        return ValueTask.CompletedTask;
    }

    private LadderFacts Judge(ViewerQuery query)
    {
        var list = query.Viewer.List;
        var told = query.Request.RecentVideoIds.Count > 0;
        var hasTime = query.Remaining(time) > (2 * cost.Expected) + Reserve;
        return new LadderFacts(
            StateKnown: query.Viewer.State is not null,
            ListKnown: query.Viewer.IsListKnown,
            HasList: list is { Count: > 0 },
            HasEvents: told || query.State.Recent.Count > 0,
            HasNews: query.HasNews,
            CanFoldIn: hasTime && query.Scratch.Items.Count > 0,
            IsHindered: query.Model is null || (query.Scratch.Items.Count > 0 && !hasTime),
            IsTrendingCurrent: board.IsCurrent);
    }

    private void Solve(ViewerQuery query)
    {
        var factors = query.Model!.Factors!;
        var vector = query.Scratch.Vector(factors.Length);
        var begin = time.GetTimestamp();
        factors.Solve(CollectionsMarshal.AsSpan(query.Scratch.Items), CollectionsMarshal.AsSpan(query.Scratch.Confidences), vector.Span);
        query.SolvedIn = time.GetElapsedTime(begin);
        query.Vector = vector;
        metrics.FoldedIn(query.SolvedIn);
    }
}
