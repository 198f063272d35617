using Recommender.Standalone.Cli;
using Recommender.V1;
using Registry = Recommender.V1.ModelRegistryService.ModelRegistryServiceClient;

namespace Recommender.Standalone.Models;

/// <summary>Lists of the model registry, page by page.</summary>
internal static class RegistryPages
{
    private const int PageSize = 200;

    /// <summary>Every version, newest first.</summary>
    public static async Task<IReadOnlyList<ModelVersion>> VersionsAsync(Registry registry, CancellationToken cancellationToken)
    {
        var (versions, request) = (new List<ModelVersion>(), new ListModelVersionsRequest { PageSize = PageSize });
        do
        {
            var page = await registry.ListModelVersionsAsync(request, DoorCommand.Options(cancellationToken));
            versions.AddRange(page.Versions);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return versions;
    }

    /// <summary>Everything that was live, newest first.</summary>
    public static async Task<IReadOnlyList<LiveModelChange>> ChangesAsync(Registry registry, CancellationToken cancellationToken)
    {
        var (changes, request) = (new List<LiveModelChange>(), new ListLiveChangesRequest { PageSize = PageSize });
        do
        {
            var page = await registry.ListLiveChangesAsync(request, DoorCommand.Options(cancellationToken));
            changes.AddRange(page.Changes);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return changes;
    }
}
