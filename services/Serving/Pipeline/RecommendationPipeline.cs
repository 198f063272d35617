using System.Numerics;
using System.Runtime.InteropServices;
using Recommender.Hosting.Telemetry;
using Recommender.V1;

namespace Recommender.Serving.Pipeline;

/// <summary>Runs the stages: query hydration, sources (with candidate hydration and filters as they propose), scorer, selector.</summary>
internal sealed class RecommendationPipeline
{
    private readonly IQueryHydrator[] _queryHydrators;
    private readonly ICandidateSource[] _sources;
    private readonly ICandidateHydrator[] _candidateHydrators;
    private readonly ICandidateFilter[] _filters;
    private readonly IScorer _scorer;
    private readonly ISelector _selector;
    private readonly ServingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public RecommendationPipeline(
        IEnumerable<IQueryHydrator> queryHydrators, IEnumerable<ICandidateSource> sources, IEnumerable<ICandidateHydrator> candidateHydrators,
        IEnumerable<ICandidateFilter> filters, IScorer scorer, ISelector selector, ServingMetrics metrics, TimeProvider time,
        ILogger<RecommendationPipeline> logger)
    {
        (_queryHydrators, _sources, _candidateHydrators, _filters) = ([.. queryHydrators], [.. sources], [.. candidateHydrators], [.. filters]);
        (_scorer, _selector, _metrics, _time, _logger) = (scorer, selector, metrics, time, logger);
        if (_sources.Length > 32) throw new InvalidOperationException("A candidate counts its sources in 32 bits.");
    }

    /// <summary>Names of the sources, in their order.</summary>
    public IEnumerable<string> SourceNames => _sources.Select(source => source.Name);

    /// <summary>Names of the filters that everything in an answer has passed, in their order.</summary>
    public IEnumerable<string> FilterNames => _filters.Select(filter => filter.Name);

    /// <summary>Fills <see cref="QueryScratch.Selected"/> with the answer.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask RunAsync(ViewerQuery query, CancellationToken cancellationToken)
    {
        await HydrateAsync(query, cancellationToken);
        using var span = RecommenderTelemetry.ActivitySource.StartActivity("recommend: rank candidates");
        await ProposeAsync(query, cancellationToken);
        Merge(query);
        if (query.Tier == Tier.Precomputed) AddListScores(query);
        _scorer.Score(query, CollectionsMarshal.AsSpan(query.Scratch.Candidates));
        _selector.Select(query, query.Scratch.Candidates, query.Scratch.Selected);
        span?.SetTag("recommender.tier", WireNames.Of(query.Tier)).SetTag("recommender.candidates", query.Scratch.Candidates.Count);
    }

    /// <summary>Why a video is in the answer, in plain words.</summary>
    public string Explain(ViewerQuery query, in Candidate candidate) => _sources[candidate.Proposer].Explain(query, candidate);

    /// <summary>Adds to an explanation what made a video's score.</summary>
    public void ExplainScore(ViewerQuery query, in Candidate candidate, Explanation into) => _scorer.Explain(query, candidate, into);

    /// <summary>The sources that proposed a video, the one that it counts for first.</summary>
    public IEnumerable<string> ProposersOf(Candidate candidate)
    {
        yield return _sources[candidate.Proposer].Name;
        for (var rest = candidate.Proposers & ~(1u << candidate.Proposer); rest != 0; rest &= rest - 1) yield return _sources[BitOperations.TrailingZeroCount(rest)].Name;
    }

    /// <summary>What the viewer did that brought a video here.</summary>
    public List<Evidence> Trace(ViewerQuery query, in Candidate candidate)
    {
        var events = new List<Evidence>();
        _sources[candidate.Proposer].Trace(query, candidate, events);
        return events;
    }

    private async ValueTask HydrateAsync(ViewerQuery query, CancellationToken cancellationToken)
    {
        using var span = RecommenderTelemetry.ActivitySource.StartActivity("recommend: learn about the viewer");
        foreach (var hydrator in _queryHydrators) await hydrator.HydrateAsync(query, cancellationToken);
    }

    /// <summary>Sources that compute are done when their call returns; those that wait do so beside one another.</summary>
    private async ValueTask ProposeAsync(ViewerQuery query, CancellationToken cancellationToken)
    {
        var sinks = query.Scratch.Sinks;
        for (var i = sinks.Count; i < _sources.Length; i++) sinks.Add(NewSink(i));
        List<Task>? waiting = null;
        for (var i = 0; i < _sources.Length; i++)
        {
            var (source, limits) = (_sources[i], _sources[i].Limits);
            if (query.Options.Sources.TryGetValue(source.Name, out var settings))
            {
                if (!settings.Enabled) continue;
                limits = limits.With(settings);
            }
            var begin = _time.GetTimestamp();
            sinks[i].Open(limits, _time, begin);
            var proposing = ProposeSafelyAsync(source, query, sinks[i], cancellationToken);
            if (proposing.IsCompletedSuccessfully) Note(source, sinks[i], begin);
            else (waiting ??= []).Add(WaitAsync(i, proposing.AsTask(), query, limits.Timeout, begin, cancellationToken));
        }
        if (waiting is not null) await Task.WhenAll(waiting);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task WaitAsync(int number, Task proposing, ViewerQuery query, TimeSpan timeout, long begin, CancellationToken cancellationToken)
    {
        var sink = query.Scratch.Sinks[number];
        try
        {
            await proposing.WaitAsync(timeout, _time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // The source may go on for a while, so it keeps what it writes to and what it reads from.
            sink.Close();
            query.Scratch.Sinks[number] = NewSink(number);
            query.Scratch.IsAbandoned = true;
        }
        Note(_sources[number], sink, begin);
    }

    private CandidateSink NewSink(int number) => new(number, _candidateHydrators, _filters);

    private void Note(ICandidateSource source, CandidateSink sink, long begin)
    {
        if (sink.IsOverdue) _metrics.SourceTimedOut(source.Name);
        if (sink.Candidates.Count > 0 || sink.IsOverdue) _metrics.Proposed(source.Name, sink.Candidates.Count, _time.GetElapsedTime(begin));
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
            _metrics.SourceFailed(source.Name);
            PipelineLog.SourceFailed(_logger, source.Name, e);
        }
    }

    /// <summary>
    /// A video has the score of the viewer's list whether or not the list's source came to propose it: what is proposed, and by whom, must not
    /// matter to a score.
    /// </summary>
    private static void AddListScores(ViewerQuery query)
    {
        var (list, scratch) = (query.Viewer.List!, query.Scratch);
        var candidates = CollectionsMarshal.AsSpan(scratch.Candidates);
        var strangers = 0;
        foreach (ref readonly var candidate in candidates)
            if (!candidate.IsListed) strangers++;
        for (var i = scratch.ListTaken; i < list.Count && strangers > 0; i++)
        {
            if (!scratch.Places.TryFind(list.CharactersOf(i), query.Model, out var place) || candidates[place].IsListed) continue;
            (candidates[place].ListScore, candidates[place].IsListed) = (list.ScoreOf(i), true);
            strangers--;
        }
    }

    /// <summary>Puts the proposals together. A video that several sources propose belongs to the first of them, or to the one that drew it.</summary>
    private void Merge(ViewerQuery query)
    {
        var scratch = query.Scratch;
        foreach (var sink in scratch.Sinks)
        {
            foreach (ref readonly var candidate in CollectionsMarshal.AsSpan(sink.Candidates))
            {
                ref var place = ref scratch.Places.PlaceOf(candidate, out var isKnown);
                if (isKnown)
                {
                    ref var known = ref CollectionsMarshal.AsSpan(scratch.Candidates)[place];
                    var proposers = known.Proposers | candidate.Proposers;
                    // A draw stands whoever else proposes the video: in its place another one would bear a propensity that was reckoned behind it.
                    if (candidate.IsExploration) known = candidate;
                    known.Proposers = proposers;
                    continue;
                }
                place = scratch.Candidates.Count;
                scratch.Candidates.Add(candidate);
            }
            for (var i = 0; i < sink.Dropped.Length; i++)
            {
                if (sink.Dropped[i] > 0) _metrics.Filtered(_filters[i].Name, sink.Dropped[i]);
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
