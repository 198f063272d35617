using System.Text;
using System.Text.Json;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Serving.OnDemand;

/// <summary>A replica dies with requests half done, Kafka is away for a while: every request is answered, and an answer that comes twice can be told.</summary>
public sealed class KilledReplicaTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private const int Requests = 2000;

    [Fact]
    public async Task After_kill_9_in_the_middle_every_request_is_answered_and_repetitions_have_the_same_id()
    {
        string[] settings =
        [
            $"Kafka:BootstrapServers={serving.Kafka.Bootstrap}", "Kafka:SessionTimeout=00:00:06", "Kafka:FetchWait=00:00:00.005", $"Redis:Endpoints={serving.Redis.Server.Endpoint}",
            "OnDemand:Enabled=true", "OnDemand:MaxBatch=20", "OnDemand:Concurrency=1",
        ];
        await SendAsync(0, Requests);
        using (var replica = KillableProcess.Start("Serving", settings))
        {
            await Eventually.TrueAsync(() => Answers().Count > 0, "the first replica answers");
            replica.Kill();
        }

        await using var next = await serving.StartAsync("OnDemand:Enabled=true", "Kafka:SessionTimeout=00:00:06");
        await Eventually.TrueAsync(() => Answers().Select(a => a.RequestId).Distinct().Count() == Requests, "every request is answered");
        Assert.All(LogReader.ReadToEnd(serving.Kafka.Bootstrap, Topics.Response), r =>
            Assert.Equal(Answer(r).RequestId, Encoding.UTF8.GetString(r.Headers.GetLastBytes(CloudEventHeaders.Id))));

        serving.Kafka.Broker.SetDown();
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        serving.Kafka.Broker.SetUp();
        await Eventually.SucceedsAsync<bool, KafkaUnavailableException>(async () =>
        {
            await SendAsync(Requests, Requests + 10);
            return true;
        });
        await Eventually.TrueAsync(() => Answers().Select(a => a.RequestId).Distinct().Count() == Requests + 10, "requests after the outage are answered");
        // Once by the replica that died before it could commit, and once by the next, which remembers what it has answered.
        Assert.All(Answers().GroupBy(a => a.RequestId), same => Assert.InRange(same.Count(), 1, 2));
    }

    private Task SendAsync(int from, int to) => Task.WhenAll(Enumerable.Range(from, to - from).Select(i =>
    {
        var value = Encoding.UTF8.GetBytes($$"""{"request_id":"r{{i}}","user_id":"viewer{{i % 50}}","count":5}""");
        return serving.ProduceAsync(new KafkaRecord(Topics.Request, Encoding.UTF8.GetBytes($"viewer{i % 50}"), value));
    }));

    private List<RecommendationRecord> Answers() => [.. LogReader.ReadToEnd(serving.Kafka.Bootstrap, Topics.Response).Select(Answer)];

    private static RecommendationRecord Answer(TopicRecord record) => JsonSerializer.Deserialize(record.Value, RecordJson.Default.RecommendationRecord)!;
}
