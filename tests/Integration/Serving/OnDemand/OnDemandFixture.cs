using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving.OnDemand;

/// <summary>A replica that answers requests over Kafka, beside one that answers calls. One for all tests of a class: whoever joins a group or leaves it holds the others up.</summary>
public sealed class OnDemandFixture : IAsyncLifetime
{
    private RunningService? _replica;

    public ServingFixture Serving { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Serving.InitializeAsync();
        _replica = await Serving.StartAsync("OnDemand:Enabled=true", "Server:DrainTimeout=00:00:20");
        // From the model and what trends on, it answers as the other one does.
        var client = new RecommendationService.RecommendationServiceClient(_replica.Channel);
        await Eventually.TrueAsync(
            async () => (await ServingFixture.ReadinessAsync(_replica)).IsReady
                && await client.RecommendAsync(new RecommendRequest { UserId = "nobody", Preview = true }) is { Degradation: Degradation.None, ModelVersion.Length: > 0 },
            "the replica has everything");
    }

    public async ValueTask DisposeAsync()
    {
        if (_replica is not null) await _replica.DisposeAsync();
        await Serving.DisposeAsync();
    }
}
