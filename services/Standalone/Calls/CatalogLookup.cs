using Grpc.Core;
using Recommender.Standalone.Cli;
using Recommender.V1;

namespace Recommender.Standalone.Calls;

/// <summary>Finds titles and tags for people to read.</summary>
internal static class CatalogLookup
{
    /// <summary>The catalog entries of these videos. Those without one, or out of reach, are left out: they are an extra.</summary>
    public static async Task<IReadOnlyDictionary<string, Video>> FindAsync(ChannelBase channel, IEnumerable<string> videoIds, CancellationToken cancellationToken)
    {
        var catalog = new CatalogService.CatalogServiceClient(channel);
        var found = await Task.WhenAll(videoIds.Distinct(StringComparer.Ordinal).Select(FindOneAsync));
        return found.OfType<Video>().ToDictionary(v => v.VideoId, StringComparer.Ordinal);

        async Task<Video?> FindOneAsync(string videoId)
        {
            try
            {
                return await catalog.GetVideoAsync(new GetVideoRequest { VideoId = videoId }, deadline: Door.Deadline(), cancellationToken: cancellationToken);
            }
            catch (RpcException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }
    }
}
