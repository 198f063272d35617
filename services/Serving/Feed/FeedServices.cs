using Grpc.Core;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Recommender.Hosting.Errors;
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
    /// <summary>After how long of refusing events at once one tries again.</summary>
    private static readonly TimeSpan s_break = TimeSpan.FromSeconds(1);

    private readonly ResiliencePipeline _door = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = 0.5,
            MinimumThroughput = 2,
            // So short that what was taken before the door began to hang does not weigh against it, and two events of a single stream fit in.
            SamplingDuration = TimeSpan.FromSeconds(Math.Max(0.5, 1.5 * options.EventTimeout.TotalSeconds)),
            BreakDuration = s_break,
            // A refusal that comes at once holds no stream up.
            ShouldHandle = new PredicateBuilder().Handle<TimeoutRejectedException>(),
        })
        .AddTimeout(options.EventTimeout)
        .Build();

    private readonly CallGate _streams = new(new ServingOptions { CallerConcurrency = options.StreamsPerCaller, Concurrency = options.Streams }, metrics, "streams are open");

    public AnswerMaker Answers => answers;

    public CallGate Calls => calls;

    public UserIds Users => users;

    public VideoCatalog Catalog => catalog;

    public FeedOptions Options => options;

    public IHostApplicationLifetime Lifetime => lifetime;

    public TimeProvider Time => time;

    /// <summary>
    /// Brings an event to the door within <see cref="FeedOptions.EventTimeout"/>. Where the door hangs, most events are told so at once, so that streams, which
    /// work on one message at a time, go on.
    /// </summary>
    /// <returns>Why it was refused; empty when it is durable.</returns>
    /// <exception cref="DependencyUnavailableException">It can't be taken now; sending it again with the same id is safe.</exception>
    public async Task<string> TakeAsync(Event e, CancellationToken cancellationToken)
    {
        try
        {
            return await _door.ExecuteAsync(static async (call, token) => await call.Door.TakeAsync(call.Event, token), (Door: door, Event: e), cancellationToken);
        }
        catch (ExecutionRejectedException late)
        {
            throw new DependencyUnavailableException("events can't be taken now", s_break, late);
        }
    }

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
