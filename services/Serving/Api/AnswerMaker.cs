using System.Runtime.InteropServices;
using Recommender.Serving.Exposure;
using Recommender.Serving.Feed;
using Recommender.Serving.Model;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Api;

/// <summary>Makes answers with the pipeline, for whichever door asks, and sees to their side effects. The request has been judged before.</summary>
internal sealed class AnswerMaker(
    RecommendationPipeline pipeline, CurrentModel current, QueryMaker queries, AnswerDiversity diversity,
    IEnumerable<ISideEffect> sideEffects, ServingMetrics metrics, TimeProvider time)
{
    /// <summary>Answers a request.</summary>
    /// <param name="request">The request, with the viewer's name inside the system.</param>
    /// <param name="asked">How it came.</param>
    /// <param name="cancellationToken">The caller gave up.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<RecommendResponse> MakeAsync(RecommendRequest request, Asked asked, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        using var query = queries.Make(request, current.Generation, asked.Deadline);
        query.History = asked.History;
        query.IsRehearsal = request.Preview;
        await pipeline.RunAsync(query, cancellationToken);
        var response = Answer(query, asked.RequestId);
        if (!request.Preview)
        {
            diversity.Sample(query);
            foreach (var effect in sideEffects) effect.After(query, response);
        }
        metrics.Answered(asked.Method, WireNames.Of(query.Tier), query.Degradation, time.GetElapsedTime(begin));
        return response;
    }

    private RecommendResponse Answer(ViewerQuery query, string? requestId)
    {
        var response = new RecommendResponse
        {
            RequestId = requestId ?? Guid.CreateVersion7(query.Now).ToString(),
            ModelVersion = query.Model?.Version ?? "",
            Degradation = query.Degradation,
            Tier = WireNames.Of(query.Tier),
            ExperimentArm = query.Arm,
        };
        Span<int> bySource = stackalloc int[(int)Source.Followed + 1];
        foreach (ref readonly var chosen in CollectionsMarshal.AsSpan(query.Scratch.Selected))
        {
            bySource[(int)chosen.Source]++;
            var video = new RecommendedVideo { VideoId = chosen.VideoId, Score = chosen.Score.Total, Source = chosen.Source, Propensity = chosen.Propensity };
            if (query.Request.Explain)
                (video.Reason, video.Explanation) = (Explanations.Describe(pipeline.Explain(query, chosen), chosen), Explanations.Of(pipeline, query, chosen));
            response.Videos.Add(video);
        }
        for (var source = 0; source < bySource.Length; source++)
            if (bySource[source] > 0) metrics.Shown((Source)source, bySource[source]);
        return response;
    }
}

/// <summary>How a request came.</summary>
/// <param name="Method">The door, as metrics name it, e.g. <c>Recommend</c>.</param>
/// <param name="Deadline">When the caller stops waiting, UTC; <see cref="DateTime.MaxValue"/>: never.</param>
/// <param name="RequestId">Id of the answer; null: a new one.</param>
internal readonly record struct Asked(string Method, DateTime Deadline, string? RequestId = null)
{
    /// <summary>What a stream knows of the viewer beside Redis; null outside of streams.</summary>
    public StreamHistory? History { get; init; }
}
