using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.ObjectPool;
using Recommender.Hosting.Events;
using Recommender.Hosting.Online;
using Recommender.Hosting.Privacy;
using Recommender.Serving;
using Recommender.Serving.Api;
using Recommender.Serving.Catalog;
using Recommender.Serving.Experiments;
using Recommender.Serving.Exposure;
using Recommender.Serving.Feed;
using Recommender.Serving.Model;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Ranking;
using Recommender.Serving.Trending;
using Recommender.Serving.Viewers;
using Recommender.Tests.Unit.Serving.Viewers;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Api;

[Collection("dropped impressions")]
public class AllocationTests
{
    private const int Rounds = 2000;

    /// <summary>The service without its threads and servers.</summary>
    private static ServiceProvider Build(byte[] state, byte[] list, Recommender.Serving.ServingOptions options)
    {
        var (redis, _) = FakeRedis.Create((_, _) => Task.FromResult<byte[]?[]>([state, list]));
        var services = new ServiceCollection().AddLogging().AddSingleton(redis).AddSingleton(TimeProvider.System).AddSingleton(new Random(1));
        services.AddSingleton(options).AddSingleton(new ExperimentOptions()).AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddSingleton(new UserIds(new PseudonymOptions())).AddSingleton(new FeedOptions()).AddSingleton<IEventDoor, NoEventDoor>();
        services.AddSingleton<IHostApplicationLifetime, ApplicationLifetime>();
        services.AddSingleton<ObjectPool<QueryScratch>, ScratchPool>();
        foreach (var type in (Type[])[typeof(ServingMetrics), typeof(VideoCatalog), typeof(TrendingBoard), typeof(CurrentModel), typeof(RealTimeCost), typeof(ViewerReader),
            typeof(FeatureCalculator), typeof(RecommendationPipeline), typeof(QueryMaker), typeof(Assignments), typeof(CallGate), typeof(AnswerDiversity), typeof(VideoLists), typeof(AnswerMaker), typeof(FeedServices), typeof(RecommendationApi)]) services.AddSingleton(type);
        return services.AddStages(typeof(ServingSetup).Assembly).BuildServiceProvider();
    }

    /// <summary>A viewer with a long history and a list, of a model and a catalog that know all videos.</summary>
    private static ServiceProvider Build()
    {
        var model = SmallModel.Create(items: 2000);
        var state = Queries.State([.. Enumerable.Range(0, 100).Select(i => (model.IdOf(i), EventType.View, 600 + i))]);
        for (var i = 100; i < 600; i++) state.OlderSeen.Add(model.HashOf(i));
        var list = new PrecomputedList(SmallModel.Version, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), [.. Enumerable.Range(500, 200).Select(i => (model.IdOf(i), 1f - (i * 0.001f)))]);
        // A busy test machine must not look like a slow Redis.
        var options = new Recommender.Serving.ServingOptions { ImpressionQueue = 1, ReadTimeout = TimeSpan.FromSeconds(5), HedgeDelay = TimeSpan.FromSeconds(5) };
        var provider = Build(state.Encode(), list.Encode(), options);
        provider.GetRequiredService<CurrentModel>().Publish(model);
        var catalog = provider.GetRequiredService<VideoCatalog>();
        for (var i = 0; i < model.ItemCount; i++)
            catalog.Upsert(model.IdOf(i), $"author{i % 300}", 0, catalog.Traits.Of(new Video { Tags = { $"tag{i % 20}", $"tag{i % 7}" } }));
        return provider;
    }

    [Fact]
    public async Task A_precomputed_answer_allocates_less_than_4_KB_and_no_more_as_time_goes_by()
    {
        await using var provider = Build();
        var api = provider.GetRequiredService<RecommendationApi>();
        var (call, request) = (new FakeCall(), new RecommendRequest { UserId = "viewer", Count = 20 });

        var answer = await api.Recommend(request, call);
        Assert.Equal(("precomputed", 20), (answer.Tier, answer.Videos.Count));
        Assert.All(answer.Videos, v => Assert.Equal(Source.Precomputed, v.Source));
        double Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Rounds; i++)
            {
                var answering = api.Recommend(request, call);
                Assert.True(answering.IsCompletedSuccessfully, "everything happens on this thread");
            }
            return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Rounds;
        }
        Measure();
        var first = Measure();
        Assert.InRange(first, 1, 4096);
        for (var i = 0; i < 5; i++) Measure();
        Assert.InRange(Measure(), 1, first + 64);
        TestContext.Current.TestOutputHelper?.WriteLine($"{first:0} bytes a call");
    }

    [Fact]
    public async Task Nothing_holds_on_to_calls_whose_answers_were_given()
    {
        // What is kept to rehearse a new model with, and the answer in the queue of impressions.
        const int Kept = 64 + 2;
        await using var provider = Build();
        var calls = Answer(provider.GetRequiredService<RecommendationApi>());
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.InRange(calls.Count(static call => call.IsAlive), 0, 2 * Kept);
    }

    /// <summary>Answers many viewers, each of whom comes once.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> Answer(RecommendationApi api)
    {
        var calls = new List<WeakReference>();
        for (var i = 0; i < Rounds; i++)
        {
            var request = new RecommendRequest { UserId = $"viewer{i}", Count = 20 };
            var answering = api.Recommend(request, new FakeCall());
            Assert.True(answering.IsCompletedSuccessfully, "everything happens on this thread");
            calls.Add(new WeakReference(request));
#pragma warning disable xUnit1031 // It is complete.
            calls.Add(new WeakReference(answering.Result));
#pragma warning restore xUnit1031
        }
        return calls;
    }
}
