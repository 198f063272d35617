using Grpc.Core;
using Recommender.V1;

namespace Recommender.Standalone.Import;

/// <summary>The parts of the door that an import uses.</summary>
internal sealed class ImportClients(ChannelBase channel)
{
    /// <summary>Takes events.</summary>
    public IngestionService.IngestionServiceClient Ingestion { get; } = new(channel);

    /// <summary>Takes what is known about videos.</summary>
    public CatalogService.CatalogServiceClient Catalog { get; } = new(channel);

    /// <summary>Tells whether a viewer is known.</summary>
    public FeatureService.FeatureServiceClient Features { get; } = new(channel);

    /// <summary>Whether the system has heard of the viewer; true when it can't tell.</summary>
    public async Task<bool> KnowsAsync(string userId, CancellationToken cancellationToken)
    {
        try
        {
            var features = await Features.GetUserFeaturesAsync(new GetUserFeaturesRequest { UserId = userId }, cancellationToken: cancellationToken);
            return features.LastSeenAt is not null || features.Recent.Count > 0 || features.Views + features.Likes + features.Shares > 0;
        }
        catch (RpcException e) when (e.StatusCode != StatusCode.Cancelled)
        {
            return e.StatusCode != StatusCode.NotFound;
        }
    }
}
