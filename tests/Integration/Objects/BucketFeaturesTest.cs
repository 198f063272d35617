using Recommender.Tests.Integration.Features;

namespace Recommender.Tests.Integration.Objects;

/// <summary>A test with a bucket, and with the broker and the Redis that the feature service needs.</summary>
public abstract class BucketFeaturesTest : BucketTest
{
    private protected FeaturesFixture Fixture { get; } = new();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Fixture.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await Fixture.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
