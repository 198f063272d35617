using Recommender.V1;

namespace Recommender.Serving.Pipeline;

/// <summary>Adds what an answer needs to know of the viewer. Hydrators run in the order of their registration.</summary>
internal interface IQueryHydrator
{
    /// <summary>Fills its part of the query; what can't be had is left empty, never an error.</summary>
    ValueTask HydrateAsync(ViewerQuery query, CancellationToken cancellationToken);
}

/// <summary>Proposes videos. All sources begin before any is waited for; a failing one costs its proposals only.</summary>
internal interface ICandidateSource
{
    /// <summary>Name in settings, metrics and explanations, e.g. <c>realtime</c>.</summary>
    string Name { get; }

    /// <summary>What it may use for one answer unless the settings say otherwise.</summary>
    SourceLimits Limits { get; }

    /// <summary>Offers videos to the sink until it is full, or it has enough, or there are no more.</summary>
    ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken);

    /// <summary>Why it proposed the video, in plain words.</summary>
    string Explain(ViewerQuery query, in Candidate candidate);

    /// <summary>Adds what the viewer did that made it propose the video, weightiest first; nothing where there is no such thing.</summary>
    void Trace(ViewerQuery query, in Candidate candidate, List<Evidence> into)
    {
    }
}

/// <summary>Adds what filters, scorer and selector need to know of a video.</summary>
internal interface ICandidateHydrator
{
    /// <summary>Fills its part of the candidate.</summary>
    void Hydrate(ViewerQuery query, ref Candidate candidate);
}

/// <summary>Keeps videos out of an answer. Filters must agree to everything that is shown.</summary>
internal interface ICandidateFilter
{
    /// <summary>Name in metrics, e.g. <c>seen</c>.</summary>
    string Name { get; }

    /// <summary>Whether the video may be shown.</summary>
    bool Keeps(ViewerQuery query, ref Candidate candidate);
}

/// <summary>Scores videos for a viewer. A score depends on viewer and video alone, never on the other candidates or on who proposed it.</summary>
internal interface IScorer
{
    /// <summary>Sets <see cref="Candidate.Score"/> of each; larger is better.</summary>
    void Score(ViewerQuery query, Span<Candidate> candidates);

    /// <summary>Adds to an explanation what made the score, its parts, and what they were reckoned from.</summary>
    void Explain(ViewerQuery query, in Candidate candidate, Explanation into);
}

/// <summary>Chooses and orders the answer.</summary>
internal interface ISelector
{
    /// <summary>Fills <paramref name="selected"/> with at most <see cref="ViewerQuery.Count"/> of the candidates, which it may reorder.</summary>
    void Select(ViewerQuery query, List<Candidate> candidates, List<Candidate> selected);
}

/// <summary>Something that happens because an answer was given; it must neither fail nor delay the answer.</summary>
internal interface ISideEffect
{
    /// <summary>Takes note of an answer that is on its way. The query is the caller's again afterwards.</summary>
    /// <param name="query">What was asked, and what the stages learnt about it.</param>
    /// <param name="response">The answer: the query's selected videos, in their order. It is only read.</param>
    void After(ViewerQuery query, RecommendResponse response);
}
