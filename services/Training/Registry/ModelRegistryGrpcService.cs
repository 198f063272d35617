using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Errors;
using Recommender.V1;

namespace Recommender.Training.Registry;

/// <summary>
/// Model versions over gRPC, newest first. PromoteModel checks every file of the version before it goes live; promoting the live one changes
/// nothing. ListLiveChanges is the whole history, of deleted versions too. RollbackModel goes back to the version that was live before, and called again to the one before that.
/// </summary>
internal sealed class ModelRegistryGrpcService(ModelRegistry registry, ModelStore store) : ModelRegistryService.ModelRegistryServiceBase
{
    private const string Kind = "model version";

    /// <inheritdoc/>
    public override Task<ListModelVersionsResponse> ListModelVersions(ListModelVersionsRequest request, ServerCallContext context)
    {
        var (all, live) = (registry.List(), registry.LiveVersion);
        var aliases = ModelAliases.Of(all, live);
        var (page, next) = PageTokens.Cut(all, Key, request.PageSize, request.PageToken);
        return Task.FromResult(new ListModelVersionsResponse { Versions = { page.Select(m => ToMessage(m, live, aliases)) }, NextPageToken = next });
    }

    /// <inheritdoc/>
    public override Task<ListLiveChangesResponse> ListLiveChanges(ListLiveChangesRequest request, ServerCallContext context)
    {
        var newestFirst = store.ReadLive().History.Index().Reverse();
        var (page, next) = PageTokens.Cut(newestFirst, c => c.Index.ToString("D10", CultureInfo.InvariantCulture), request.PageSize, request.PageToken);
        return Task.FromResult(new ListLiveChangesResponse { Changes = { page.Select(c => ToMessage(c.Item)) }, NextPageToken = next });
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
            var manifest = await find();
            var live = registry.LiveVersion;
            return ToMessage(manifest, live, ModelAliases.Of(registry.List(), live));
        }
        catch (PromotionException e)
        {
            throw GrpcErrors.FailedPrecondition(e.Type, e.Version, e.Message);
        }
    }

    private static LiveModelChange ToMessage(LiveChange change) =>
        new() { Version = change.Version, Action = change.Action, At = change.At.ToTimestamp(), Reason = change.Reason };

    private ModelVersion ToMessage(ModelManifest manifest, string live, IReadOnlyDictionary<string, string> aliases)
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
            Trainer = manifest.Trainer,
            Aliases = { aliases.Where(a => a.Value == manifest.Version).Select(a => a.Key) },
        };
        foreach (var (name, value) in manifest.Metrics) message.Metrics[name] = value;
        return message;
    }

    private static string Key(ModelManifest manifest) =>
        string.Create(CultureInfo.InvariantCulture, $"{manifest.CreatedAt.UtcTicks:D19}/{manifest.Version}");
}
