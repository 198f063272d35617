using Microsoft.Extensions.ObjectPool;
using Recommender.Hosting.Online;
using Recommender.Serving;
using Recommender.Serving.Fresh;
using Recommender.Serving.Model;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Trending;
using Recommender.Serving.Viewers;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving;

/// <summary>Makes queries as the stages meet them.</summary>
internal static class Queries
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static ViewerQuery Create(
        ViewerState? state = null, PrecomputedList? list = null, ModelGeneration? model = null, TrendingWindow? trending = null,
        int count = 20, Action<RecommendRequest>? request = null, DateTime? deadline = null, ServingOptions? options = null, ColdVectors? cold = null,
        ObjectPool<QueryScratch>? pool = null)
    {
        var message = new RecommendRequest { UserId = "u", Count = count };
        request?.Invoke(message);
        var query = new ViewerQuery
        {
            Request = message,
            Options = options ?? new ServingOptions(),
            Count = count,
            Now = Now,
            Deadline = deadline ?? DateTime.MaxValue,
            Model = model,
            Trending = trending ?? Trending(),
            Cold = cold ?? ColdVectors.None,
            Pool = pool ?? new ScratchPool(),
        };
        query.Viewer = new ViewerRead(state, Stored(list), IsListKnown: true);
        // What the first hydrator does after reading.
        foreach (var id in message.ExcludeVideoIds) query.Scratch.Excluded.Add(id);
        foreach (var id in message.RecentVideoIds) query.NoteSeen(id);
        foreach (var interaction in query.State.Recent)
            if (interaction.Type != EventType.Follow) query.NoteSeen(interaction.VideoId);
        return query;
    }

    /// <summary>A list as it is read.</summary>
    public static StoredList? Stored(PrecomputedList? list)
    {
        if (list is null) return null;
        var stored = new StoredList();
        stored.Read(list.Encode());
        return stored;
    }

    /// <summary>A window in which the videos trend in the order given.</summary>
    public static TrendingWindow Trending(params string[] videos) =>
        new("24h", TimeSpan.FromHours(24), [videos.Select((id, i) => (id, 100.0 - i))]);

    public static ViewerState State(params (string VideoId, EventType Type, int MinutesAgo)[] newestFirst)
    {
        var state = new ViewerState();
        foreach (var (id, type, ago) in newestFirst)
            state.Recent.Add(new RecentInteraction(id, type, Now.AddMinutes(-ago).ToUnixTimeMilliseconds(), type == EventType.View ? 1f : 0));
        if (newestFirst.Length > 0) state.LastSeenAtMs = state.Recent[0].OccurredAtMs;
        return state;
    }

    public static Candidate Candidate(string id, double score = 0, string author = "", Source source = Source.Realtime, bool isExploration = false) => new()
    {
        VideoId = id,
        Source = source,
        Item = -1,
        Propensity = 1,
        IsExploration = isExploration,
        Score = new ScoreParts(score, 0, 0),
        Video = author.Length > 0 ? new Recommender.Serving.Catalog.CatalogVideo(id, StableHash.Of(id), author, 0, false) : null,
    };
}
