using Grpc.Core;
using Recommender.Hosting.Events;
using Recommender.Hosting.Privacy;
using Recommender.Serving.Api;
using Recommender.Serving.Catalog;
using Recommender.V1;

namespace Recommender.Serving.Feed;

/// <summary>What streams have in common, and how many there may be.</summary>
internal sealed class FeedServices(
    AnswerMaker answers, IEventDoor door, CallGate calls, UserIds users, VideoCatalog catalog, FeedOptions options, ServingMetrics metrics, IHostApplicationLifetime lifetime,
    TimeProvider time)
{
    private readonly CallGate _streams = new(new ServingOptions { CallerConcurrency = options.StreamsPerCaller, Concurrency = options.Streams }, metrics, "streams are open");

    public AnswerMaker Answers => answers;

    public IEventDoor Door => door;

    public CallGate Calls => calls;

    public UserIds Users => users;

    public VideoCatalog Catalog => catalog;

    public FeedOptions Options => options;

    public IHostApplicationLifetime Lifetime => lifetime;

    public TimeProvider Time => time;

    /// <summary>Serves one stream.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: too many are open.</exception>
    public async Task RunAsync(IAsyncStreamReader<FeedRequest> requests, IServerStreamWriter<FeedResponse> responses, ServerCallContext context)
    {
        using var pass = _streams.Enter(context);
        FeedMetrics.Opened(1);
        try
        {
            await FeedStream.RunAsync(this, requests, responses, context);
        }
        finally
        {
            FeedMetrics.Opened(-1);
        }
    }
}
