using Recommender.Hosting.Archive;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Objects;

namespace Recommender.Training.Dataset;

/// <summary>
/// Where the archive is in a bucket: keeps a copy of it in this process' folder, which all that reads the archive reads. A process that trains once has it
/// before it does anything, a service fetches it in the background; each reading begins with another look.
/// </summary>
internal sealed class ArchiveFetch(
    StorageOptions storage, ObjectStores stores, ObjectStoreOptions objects, TrainingOptions options, TimeProvider time, ILogger<ArchiveFetch> logger) : BackgroundService
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);
    private readonly ArchiveCopy _copy = new(stores.Archive, storage.ArchivePath);
    private readonly SemaphoreSlim _turn = new(1);
    private bool _isThere;
    private string? _trouble;

    /// <summary>Brings the copy up to date. When the store is away, what was fetched before is read.</summary>
    /// <exception cref="ObjectStoreException">The store is away, and nothing was fetched before.</exception>
    /// <exception cref="InvalidDataException">An object is damaged, or the folder is no copy; the message says which.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var (fetched, deleted) = await Task.Run(() => _copy.Refresh(cancellationToken), cancellationToken);
            if (fetched + deleted > 0) FetchLog.Fetched(logger, fetched, deleted);
            (_isThere, _trouble) = (true, null);
        }
        catch (ObjectStoreException e) when (_isThere)
        {
            Tell(e.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        while (options.Mode == TrainingMode.Once && !_isThere)
        {
            try
            {
                await RefreshAsync(cancellationToken);
            }
            catch (InvalidDataException e)
            {
                throw new OptionsException(e.Message, e); // it does not get better by waiting
            }
            catch (IOException e)
            {
                Tell(e.Message);
                await Task.Delay(s_retry, time, cancellationToken);
            }
        }
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Mode == TrainingMode.Once) return;
        while (true)
        {
            await TryRefreshAsync(stoppingToken);
            await Task.Delay(_isThere ? objects.FetchInterval : s_retry, time, stoppingToken);
        }
    }

    private async Task TryRefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RefreshAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Tell(e.Message);
        }
    }

    private void Tell(string problem)
    {
        if (_trouble != problem) FetchLog.NotFetched(logger, problem);
        _trouble = problem;
    }
}

internal static partial class FetchLog
{
    [LoggerMessage(EventId = 6011, EventName = "ArchiveFetched", Level = LogLevel.Debug, Message = "Fetched {Fetched} files of the archive from the bucket, deleted {Deleted}")]
    public static partial void Fetched(ILogger logger, int fetched, int deleted);

    [LoggerMessage(EventId = 6012, EventName = "ArchiveNotFetched", Level = LogLevel.Warning, Message = "The archive can't be fetched, what was fetched before stays: {Problem}")]
    public static partial void NotFetched(ILogger logger, string problem);
}
