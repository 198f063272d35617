using System.Text;
using System.Threading.Channels;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Objects;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Weights;
using Recommender.Training.Dataset;
using Recommender.Training.Running;

namespace Recommender.Training.Publishing;

/// <summary>
/// Writes the precomputed lists anew, in the background, when a version goes live or comes back that no run has just written lists for: serving
/// takes no list of another version than its own. Until then, and where it fails, viewers are served in real time.
/// </summary>
internal sealed class ListRefresh(
    ModelStore store, SnapshotReader reader, ListWriter lists, ArchiveTurn turn, TrainingOptions options, ILogger<ListRefresh> logger) : BackgroundService
{
    private const string WishName = $"{ModelStore.RunsName}/lists-wanted";

    // Only the newest matters.
    private readonly Channel<string> _versions = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Asks for lists of a version that is live now; returns at once.</summary>
    /// <remarks>Where other processes train, the next of them writes the lists: this one has not the memory for it.</remarks>
    public void Ask(string version)
    {
        if (options.Mode == TrainingMode.Registry) store.Objects.Put(WishName, Encoding.UTF8.GetBytes(version));
        else _versions.Writer.TryWrite(version);
    }

    /// <summary>Writes the lists that another process has asked for.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        if (store.Objects.Read(WishName) is not { } wish) return;
        await TryRefreshAsync(Encoding.UTF8.GetString(wish), cancellationToken);
        store.Objects.Delete(WishName);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var version in _versions.Reader.ReadAllAsync(stoppingToken)) await TryRefreshAsync(version, stoppingToken);
    }

    private async Task TryRefreshAsync(string version, CancellationToken cancellationToken)
    {
        try
        {
            if (options.ListLength > 0) await RefreshAsync(version, cancellationToken);
        }
#pragma warning disable CA1031 // Lists are worth less than the service; the next run writes them again.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            RefreshLog.Failed(logger, version, e);
        }
    }

    private async Task RefreshAsync(string version, CancellationToken cancellationToken)
    {
        using var held = await turn.TakeAsync(cancellationToken);
        // A run that went live meanwhile has written its own.
        if (store.ReadLive().Version != version || store.Find(version) is not { } manifest) return;
        var snapshot = await reader.ReadAsync(_ => { }, cancellationToken);
        var data = TrainingMatrices.Build(snapshot.Events, new InteractionWeights().With(manifest.Weights), counts: null, cancellationToken);
        IViewerScorer model = StoredModel.Read(store, manifest, snapshot.Events, data, cancellationToken);
        var written = await lists.WriteAsync(model, version, snapshot, data, _ => { }, cancellationToken);
        TrainingMetrics.ListsWritten(written);
        RefreshLog.Written(logger, written, version);
    }
}

internal static partial class RefreshLog
{
    [LoggerMessage(EventId = 6211, EventName = "ListsRefreshed", Level = LogLevel.Information, Message = "Wrote {Lists} precomputed lists of model {Version}")]
    public static partial void Written(ILogger logger, int lists, string version);

    [LoggerMessage(EventId = 6212, EventName = "ListsNotRefreshed", Level = LogLevel.Warning,
        Message = "The lists of model {Version} could not be written; viewers are served in real time until the next run")]
    public static partial void Failed(ILogger logger, string version, Exception error);
}
