using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Model;

/// <summary>Runs sampled requests through the whole pipeline with a model that does not answer yet, so that the first true ones find all of it warm.</summary>
internal sealed class Rehearsal(RequestSample sample, RecommendationPipeline pipeline, QueryMaker queries, TimeProvider time)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>Answers the sampled requests, to nobody.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="Exception">The model cannot answer: whatever a call would have met.</exception>
    public async Task<int> RunAsync(ModelGeneration model, CancellationToken cancellationToken)
    {
        var (rehearsed, begin) = (0, time.GetTimestamp());
        foreach (var request in sample.Requests)
        {
            // Redis may be slow; a model must not wait for that.
            if (time.GetElapsedTime(begin) > s_patience) break;
            using var query = queries.Make(request, model, DateTime.MaxValue);
            query.IsRehearsal = true;
            await pipeline.RunAsync(query, cancellationToken);
            rehearsed++;
        }
        return rehearsed;
    }
}
