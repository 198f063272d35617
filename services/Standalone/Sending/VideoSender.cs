using Grpc.Core;
using Recommender.V1;

namespace Recommender.Standalone.Sending;

/// <summary>Sends catalog entries in batches. A batch with a bad entry is refused as a whole, so it is halved until the bad one stands alone.</summary>
internal sealed class VideoSender(CatalogService.CatalogServiceClient client, Patience patience)
{
    private const int BatchSize = 500;

    /// <summary>Sends all; returns how many were taken.</summary>
    /// <param name="videos">The entries.</param>
    /// <param name="onRefused">Told of each entry that was refused: its index and the reason.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<int> SendAsync(IReadOnlyList<Video> videos, Action<int, string> onRefused, CancellationToken cancellationToken)
    {
        var taken = 0;
        for (var from = 0; from < videos.Count; from += BatchSize)
            taken += await SendAsync(videos, from, Math.Min(BatchSize, videos.Count - from), onRefused, cancellationToken);
        return taken;
    }

    private async Task<int> SendAsync(IReadOnlyList<Video> videos, int from, int count, Action<int, string> onRefused, CancellationToken cancellationToken)
    {
        var request = new UpsertVideosRequest();
        for (var i = from; i < from + count; i++) request.Videos.Add(videos[i]);
        while (true)
        {
            try
            {
                await client.UpsertVideosAsync(request, cancellationToken: cancellationToken);
                patience.Answered();
                return count;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.InvalidArgument && count > 1)
            {
                patience.Answered();
                return await SendAsync(videos, from, count / 2, onRefused, cancellationToken)
                    + await SendAsync(videos, from + count / 2, count - count / 2, onRefused, cancellationToken);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.InvalidArgument)
            {
                patience.Answered();
                onRefused(from, e.Status.Detail);
                return 0;
            }
            catch (RpcException e)
            {
                await patience.WaitAsync(e, cancellationToken);
            }
        }
    }
}
