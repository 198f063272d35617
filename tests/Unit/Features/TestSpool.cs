using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Features;
using Recommender.Features.Archiving;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Objects;

namespace Recommender.Tests.Unit.Features;

/// <summary>Where the archive is written when it is a folder.</summary>
internal static class TestSpool
{
    public static ArchiveSpool In(string folder)
    {
        var (storage, options) = (new StorageOptions { ArchivePath = folder }, new ObjectStoreOptions());
#pragma warning disable CA2000 // Without a bucket there is nothing to dispose of.
        var stores = new ObjectStores(storage, options, TimeProvider.System);
#pragma warning restore CA2000
        return new ArchiveSpool(storage, stores, options, new FeaturesOptions(), new FeatureMetrics(), TimeProvider.System, NullLogger<ArchiveSpool>.Instance);
    }
}
