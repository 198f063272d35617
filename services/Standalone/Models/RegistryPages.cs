using Google.Protobuf.Collections;
using Recommender.Standalone.Cli;
using Recommender.V1;
using Registry = Recommender.V1.ModelRegistryService.ModelRegistryServiceClient;

namespace Recommender.Standalone.Models;

/// <summary>Lists of the model registry, page by page.</summary>
internal static class RegistryPages
{
    private const int PageSize = 200;

    /// <summary>Every version, newest first.</summary>
    public static Task<List<ModelVersion>> VersionsAsync(Registry registry, CancellationToken cancellationToken) => AllAsync(async token =>
    {
        var page = await registry.ListModelVersionsAsync(new ListModelVersionsRequest { PageSize = PageSize, PageToken = token }, DoorCommand.Options(cancellationToken));
        return (page.Versions, page.NextPageToken);
    });

    /// <summary>Everything that was live, newest first.</summary>
    public static Task<List<LiveModelChange>> ChangesAsync(Registry registry, CancellationToken cancellationToken) => AllAsync(async token =>
    {
        var page = await registry.ListLiveChangesAsync(new ListLiveChangesRequest { PageSize = PageSize, PageToken = token }, DoorCommand.Options(cancellationToken));
        return (page.Changes, page.NextPageToken);
    });

    private static async Task<List<T>> AllAsync<T>(Func<string, Task<(RepeatedField<T> Rows, string Next)>> read)
    {
        var (all, token) = (new List<T>(), "");
        do
        {
            var (rows, next) = await read(token);
            all.AddRange(rows);
            token = next;
        }
        while (token.Length > 0);
        return all;
    }
}
