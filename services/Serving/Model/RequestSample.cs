using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Model;

/// <summary>Some of the latest requests, for rehearsing a new model with them. The messages are only read.</summary>
[Stage(40)]
internal sealed class RequestSample(Random random) : ISideEffect
{
    private const int OneOf = 16;
    private readonly RecommendRequest?[] _kept = new RecommendRequest?[64];
    private uint _seen;

    /// <summary>The requests kept.</summary>
    public IEnumerable<RecommendRequest> Requests => _kept.OfType<RecommendRequest>();

    /// <inheritdoc/>
    public void After(ViewerQuery query, RecommendResponse response)
    {
        // The first ones all, so that a young replica has something to rehearse with.
        var number = Interlocked.Increment(ref _seen) - 1;
        if (number < _kept.Length) Volatile.Write(ref _kept[number], query.Request);
        else if (number % OneOf == 0) Volatile.Write(ref _kept[random.Next(_kept.Length)], query.Request);
    }
}
