using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Candidates;

/// <summary>What is popular over the whole of the live model's data: fills answers where too little trends.</summary>
[Stage(70)]
internal sealed class PopularSource : ICandidateSource
{
    public string Name => "popular";

    public SourceLimits Limits => SourceLimits.Memory(450);

    public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
    {
        if (query.Model is not { } model) return ValueTask.CompletedTask;
        var wanted = Fill.Missing(query);
        foreach (var popular in model.Popular.Span)
        {
            if (wanted == 0 || sink.IsFull) break;
            if (sink.Offer(query, new Candidate { VideoId = model.IdOf(popular.Item), Source = Source.Trending, Item = popular.Item, Propensity = 1 })) wanted--;
        }
        return ValueTask.CompletedTask;
    }

    public string Explain(ViewerQuery query, in Candidate candidate) => $"Popular among all viewers by model {query.Model!.Version}";
}
