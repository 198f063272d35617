using System.Globalization;
using Grpc.Core;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Online;
using Recommender.Hosting.Redis;
using Recommender.V1;

namespace Recommender.Ingestion.Catalog;

/// <summary>The door for the catalog. A call is all or nothing at the door: one bad video refuses the whole call, naming it.</summary>
internal sealed class CatalogService(CatalogWriter writer, IRedis redis, IngestionMetrics metrics) : V1.CatalogService.CatalogServiceBase
{
    /// <inheritdoc/>
    public override async Task<UpsertVideosResponse> UpsertVideos(UpsertVideosRequest request, ServerCallContext context)
    {
        CheckBatch("videos", request.Videos.Count);
        Check(request.Videos.SelectMany((video, i) => VideoRules.Check(video, Path("videos", i))));
        await writer.UpsertAsync(request.Videos, context.CancellationToken);
        metrics.Upserted(request.Videos.Count);
        return new UpsertVideosResponse { Upserted = request.Videos.Count };
    }

    /// <inheritdoc/>
    public override async Task<DeleteVideosResponse> DeleteVideos(DeleteVideosRequest request, ServerCallContext context)
    {
        CheckBatch("video_ids", request.VideoIds.Count);
        Check(request.VideoIds.Select((id, i) => FieldRules.RequiredId(Path("video_ids", i), id)).OfType<FieldViolation>());
        await writer.DeleteAsync(request.VideoIds, context.CancellationToken);
        metrics.Deleted(request.VideoIds.Count);
        return new DeleteVideosResponse { Deleted = request.VideoIds.Count };
    }

    /// <inheritdoc/>
    public override async Task<Video> GetVideo(GetVideoRequest request, ServerCallContext context)
    {
        FieldRules.ThrowIfAny(FieldRules.RequiredId("video_id", request.VideoId));
        var entries = await CatalogStore.ReadManyAsync(redis, [request.VideoId], context.CancellationToken);
        return entries[0]?.ToVideo() ?? throw GrpcErrors.NotFound("video", request.VideoId);
    }

    private static void CheckBatch(string field, int count)
    {
        if (count is < 1 or > VideoRules.MaxBatch)
            throw GrpcErrors.InvalidArgument(field, string.Create(CultureInfo.InvariantCulture, $"has {count} entries; 1 to {VideoRules.MaxBatch} are allowed"));
    }

    private static void Check(IEnumerable<FieldViolation> violations)
    {
        // A client that sends a thousand bad videos learns from the first few.
        var found = violations.Take(20).ToArray();
        if (found.Length > 0) throw GrpcErrors.InvalidArgument(found);
    }

    private static string Path(string field, int index) => string.Create(CultureInfo.InvariantCulture, $"{field}[{index}]");
}
