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

/// <summary>Scores a video for a viewer. The score depends on these two alone, never on the other candidates.</summary>
internal interface IScorer
{
    /// <summary>The score; larger is better.</summary>
    ScoreParts Score(ViewerQuery query, in Candidate candidate);
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
    /// <summary>Takes note of an answer that is on its way.</summary>
    void After(RecommendRequest request, RecommendResponse response);
}
