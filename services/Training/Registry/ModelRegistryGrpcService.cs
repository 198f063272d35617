using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Errors;
using Recommender.V1;

namespace Recommender.Training.Registry;

/// <summary>
/// Model versions over gRPC, newest first. PromoteModel checks every file of the version before it goes live; promoting the live one changes
/// nothing. RollbackModel goes back to the version that was live before, and called again to the one before that.
/// </summary>
internal sealed class ModelRegistryGrpcService(ModelRegistry registry, ModelStore store) : ModelRegistryService.ModelRegistryServiceBase
{
    private const string Kind = "model version";

    /// <inheritdoc/>
    public override Task<ListModelVersionsResponse> ListModelVersions(ListModelVersionsRequest request, ServerCallContext context)
    {
        var live = registry.LiveVersion;
        var (page, next) = PageTokens.Cut(registry.List(), Key, request.PageSize, request.PageToken);
        return Task.FromResult(new ListModelVersionsResponse { Versions = { page.Select(m => ToMessage(m, live)) }, NextPageToken = next });
    }

    /// <inheritdoc/>
    public override Task<ModelVersion> GetModelVersion(GetModelVersionRequest request, ServerCallContext context) => AnswerAsync(() =>
    {
        FieldRules.ThrowIfAny(FieldRules.RequiredId("version", request.Version));
        return Task.FromResult(registry.Find(request.Version) ?? throw GrpcErrors.NotFound(Kind, request.Version));
    });

    /// <inheritdoc/>
    public override Task<ModelVersion> PromoteModel(PromoteModelRequest request, ServerCallContext context) => AnswerAsync(async () =>
    {
        FieldRules.ThrowIfAny(FieldRules.RequiredId("version", request.Version));
        return await registry.PromoteAsync(request.Version, "asked for by a caller", hasLists: false, context.CancellationToken) ?? throw GrpcErrors.NotFound(Kind, request.Version);
    });

    /// <inheritdoc/>
    public override Task<ModelVersion> RollbackModel(RollbackModelRequest request, ServerCallContext context) =>
        AnswerAsync(() => registry.RollBackAsync("asked for by a caller", context.CancellationToken));

    private async Task<ModelVersion> AnswerAsync(Func<Task<ModelManifest>> find)
    {
        try
        {
            return ToMessage(await find(), registry.LiveVersion);
        }
        catch (PromotionException e)
        {
            throw GrpcErrors.FailedPrecondition(e.Type, e.Version, e.Message);
        }
    }

    private ModelVersion ToMessage(ModelManifest manifest, string live)
    {
        var message = new ModelVersion
        {
            Version = manifest.Version,
            RunId = manifest.RunId,
            DataVersion = manifest.DataVersion,
            Live = manifest.Version == live,
            CreatedAt = manifest.CreatedAt.ToTimestamp(),
            ArtifactBytes = manifest.Files.Sum(f => f.Bytes),
            Sha256 = store.ManifestSha256(manifest.Version),
        };
        foreach (var (name, value) in manifest.Metrics) message.Metrics[name] = value;
        return message;
    }

    private static string Key(ModelManifest manifest) =>
        string.Create(CultureInfo.InvariantCulture, $"{manifest.CreatedAt.UtcTicks:D19}/{manifest.Version}");
}
