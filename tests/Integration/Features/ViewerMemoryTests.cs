using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Recommender.Features.State;
using Recommender.Hosting.Online;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using StackExchange.Redis;

namespace Recommender.Tests.Integration.Features;

/// <summary>What viewers take in Redis is what the formula in ARCHITECTURE.md says.</summary>
public sealed class ViewerMemoryTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private const int Viewers = 100_000;
    private const int Events = 50;

    // Of a key: its text, the value's head, the places in the table, and what the allocator rounds up.
    private const int KeyBytes = 160;

    // A million such viewers fit into 700 MB, as Redis says them (2^20 bytes).
    private const int MostEach = 734;

    [Fact]
    public async Task A_hundred_thousand_viewers_take_what_the_formula_says()
    {
        var before = await UsedAsync();
        var largest = 0;
        foreach (var chunk in Enumerable.Range(0, Viewers).Chunk(5000))
        {
            var values = Array.ConvertAll(chunk, i => KeyValuePair.Create((RedisKey)OnlineKeys.Viewer($"user-{i:D6}"), StateOf(i)));
            largest = Math.Max(largest, values.Max(v => v.Value.Length));
            await redis.Client.SetManyAsync(values, cancellationToken: TestContext.Current.CancellationToken);
        }
        // Redis gives the buffers of so many writes back, and leaves the smaller table, only by and by.
        var (each, most) = (double.MaxValue, Math.Min(MostEach, largest + KeyBytes));
        for (var wait = 0; wait < 30 && each > most; wait++)
        {
            if (wait > 0) await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
            each = (await UsedAsync() - before) / (double)Viewers;
        }

        var bound = 160 + (Events * ("video-0000".Length + 16));
        Assert.InRange(largest, 1, bound / 2); // numbered ids take less than their texts
        Assert.InRange(each, largest, most);
    }

    [Fact]
    public void Ids_at_random_take_what_they_are_and_nothing_more()
    {
        Assert.InRange(LargestOf(video => Convert.ToBase64String(BitConverter.GetBytes(StableHash.Of(video))).TrimEnd('=').Replace('+', '-').Replace('/', '_')), 850, 920);
        Assert.InRange(LargestOf(video => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(video))[..16]).ToString()), 1250, 1300);

        static int LargestOf(Func<string, string> id) => Enumerable.Range(0, 500).Max(i => StateOf(i, id).Length);
    }

    /// <summary>A viewer after fifty events, absorbed as the service does.</summary>
    private static byte[] StateOf(int viewer, Func<string, string>? id = null)
    {
        var state = new ViewerState { Version = 1 };
        for (var i = 0; i < Events; i++)
        {
            var video = $"video-{((viewer * 31) + (i * 97)) % 10_000:D4}";
            video = id?.Invoke(video) ?? video;
            // Ten a day, one after the other.
            var at = 1_763_800_000_000 + (i / 10 * 86_400_000L) + (i % 10 * 40_000L) + (((viewer * 7919L) + (i * 104_729L)) % 30_000);
            var e = new FeatureEvent(
                StableHash.Of($"{viewer}/{i}"), i % 10 == 0 ? EventType.Like : EventType.View, $"user-{viewer:D6}", video, at, 10_000, at,
                new LogPosition(7, TopicNumbers.Of(Contracts.Topics.View), viewer % 8, i + 1));
            ViewerTransition.Absorb(state, e, ((viewer + (i * 37)) % 1500) / 1024f, new ViewerLimits());
        }
        return state.Encode();
    }

    private async Task<long> UsedAsync()
    {
        var cli = Tool.Require("redis-cli", "redis-tools");
        var (_, info, _) = await Tool.RunAsync(cli, ["-p", redis.Server.Port.ToString(CultureInfo.InvariantCulture), "INFO", "memory"]);
        var line = info.Split('\n', StringSplitOptions.TrimEntries).Single(l => l.StartsWith("used_memory:", StringComparison.Ordinal));
        return long.Parse(line.Split(':')[1], CultureInfo.InvariantCulture);
    }
}
