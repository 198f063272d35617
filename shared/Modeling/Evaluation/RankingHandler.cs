using Recommender.Modeling.Retrieval;

namespace Recommender.Modeling.Evaluation;

/// <summary>Told each evaluated viewer's ranking, once per viewer, from several threads at once.</summary>
/// <param name="at">Position of the viewer in <see cref="EvaluationResult.Viewers"/>.</param>
/// <param name="viewer">The viewer's number.</param>
/// <param name="ranking">Best first, as many as the largest k or as the catalog has; valid during the call.</param>
public delegate void RankingHandler(int at, int viewer, ReadOnlySpan<ScoredItem> ranking);
