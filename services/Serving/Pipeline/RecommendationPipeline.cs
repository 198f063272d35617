using System.Runtime.InteropServices;
using Recommender.Hosting.Telemetry;

namespace Recommender.Serving.Pipeline;

/// <summary>Runs the stages: query hydration, sources (with candidate hydration and filters as they propose), scorer, selector.</summary>
internal sealed class RecommendationPipeline(
    IEnumerable<IQueryHydrator> queryHydrators, IEnumerable<ICandidateSource> sources, IEnumerable<ICandidateHydrator> candidateHydrators,
    IEnumerable<ICandidateFilter> filters, IScorer scorer, ISelector selector, ServingMetrics metrics, ILogger<RecommendationPipeline> logger)
{
    private readonly IQueryHydrator[] _queryHydrators = [.. queryHydrators];
    private readonly ICandidateSource[] _sources = [.. sources];
    private readonly ICandidateHydrator[] _candidateHydrators = [.. candidateHydrators];
    private readonly ICandidateFilter[] _filters = [.. filters];

    /// <summary>Fills <see cref="QueryScratch.Selected"/> with the answer.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask RunAsync(ViewerQuery query, CancellationToken cancellationToken)
    {
        await HydrateAsync(query, cancellationToken);
        using var span = RecommenderTelemetry.ActivitySource.StartActivity("recommend: rank candidates");
        await ProposeAsync(query, cancellationToken);
        Merge(query);
        foreach (ref var candidate in CollectionsMarshal.AsSpan(query.Scratch.Candidates)) candidate.Score = scorer.Score(query, candidate);
        selector.Select(query, query.Scratch.Candidates, query.Scratch.Selected);
        span?.SetTag("recommender.tier", WireNames.Of(query.Tier)).SetTag("recommender.candidates", query.Scratch.Candidates.Count);
    }

    /// <summary>Why a video is in the answer, in plain words.</summary>
    public string Explain(ViewerQuery query, in Candidate candidate) => _sources[candidate.Proposer].Explain(query, candidate);

    private async ValueTask HydrateAsync(ViewerQuery query, CancellationToken cancellationToken)
    {
        using var span = RecommenderTelemetry.ActivitySource.StartActivity("recommend: learn about the viewer");
        foreach (var hydrator in _queryHydrators) await hydrator.HydrateAsync(query, cancellationToken);
    }

    /// <summary>Sources that compute are done when their call returns; those that wait do so beside one another.</summary>
    private async ValueTask ProposeAsync(ViewerQuery query, CancellationToken cancellationToken)
    {
        var sinks = query.Scratch.Sinks;
        for (var i = sinks.Count; i < _sources.Length; i++) sinks.Add(new CandidateSink(i, _candidateHydrators, _filters));
        List<Task>? waiting = null;
        for (var i = 0; i < _sources.Length; i++)
        {
            var proposing = ProposeSafelyAsync(_sources[i], query, sinks[i], cancellationToken);
            if (!proposing.IsCompletedSuccessfully) (waiting ??= []).Add(proposing.AsTask());
        }
        if (waiting is not null) await Task.WhenAll(waiting);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async ValueTask ProposeSafelyAsync(ICandidateSource source, ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
    {
        try
        {
            await source.ProposeAsync(query, sink, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The call is over; ProposeAsync says so once all sources have stopped.
        }
#pragma warning disable CA1031 // An answer without one source is better than none.
        catch (Exception e)
#pragma warning restore CA1031
        {
            metrics.SourceFailed(source.GetType().Name);
            PipelineLog.SourceFailed(logger, source.GetType().Name, e);
        }
    }

    /// <summary>Puts the proposals together. A video that several sources propose belongs to the first of them.</summary>
    private void Merge(ViewerQuery query)
    {
        var scratch = query.Scratch;
        foreach (var sink in scratch.Sinks)
        {
            foreach (ref readonly var candidate in CollectionsMarshal.AsSpan(sink.Candidates))
                if (scratch.Proposed.Add(candidate.VideoId)) scratch.Candidates.Add(candidate);
            for (var i = 0; i < sink.Dropped.Length; i++)
            {
                if (sink.Dropped[i] > 0) metrics.Filtered(_filters[i].Name, sink.Dropped[i]);
                sink.Dropped[i] = 0;
            }
        }
    }
}

internal static partial class PipelineLog
{
    [LoggerMessage(EventId = 7301, EventName = "SourceFailed", Level = LogLevel.Error, Message = "The candidate source {Source} failed; answers do without it")]
    public static partial void SourceFailed(ILogger logger, string source, Exception error);
}
