using Microsoft.Extensions.ObjectPool;
using Recommender.Serving.Api;
using Recommender.Serving.Experiments;
using Recommender.Serving.Fresh;
using Recommender.Serving.Model;
using Recommender.Serving.Trending;
using Recommender.V1;

namespace Recommender.Serving.Pipeline;

/// <summary>Makes queries of requests, with what this replica has in memory at the moment.</summary>
internal sealed class QueryMaker(TrendingBoard board, FreshBoard fresh, Assignments assignments, ObjectPool<QueryScratch> pool, TimeProvider time)
{
    /// <summary>A query that is to be answered with a model; to be disposed of when it is.</summary>
    public ViewerQuery Make(RecommendRequest request, ModelGeneration? model, DateTime deadline)
    {
        var cold = fresh.Vectors;
        var assignment = assignments.Of(request.UserId);
        var options = assignment.Options;
        return new ViewerQuery
        {
            Request = request,
            Options = options,
            Arm = assignment.Name,
            Count = RequestRules.CountOf(request.Count),
            Now = time.GetUtcNow(),
            Deadline = deadline,
            Model = model,
            Cold = cold.ModelVersion == model?.Version ? cold : ColdVectors.None,
            Trending = board.Find(options.TrendingWindow)!,
            Pool = pool,
        };
    }
}
