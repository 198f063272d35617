using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Objects;

/// <summary>
/// Asks for the bucket at the start. Wrong credentials and a bucket that is not there end the process with a sentence; a store that is away does not, since
/// what is in the process' own folder may serve until it is back.
/// </summary>
internal sealed partial class ObjectStoreCheck(ObjectStores stores, StoreUse use, TimeProvider time, ILogger<ObjectStoreCheck> logger) : IHostedService
{
    private static readonly TimeSpan s_old = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(Check, cancellationToken);
        }
        catch (ObjectStoreException e) when (e.IsRefusal)
        {
            throw new OptionsException(e.Message, e);
        }
        catch (ObjectStoreException e)
        {
            Away(logger, e.Message);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Check()
    {
        if (use != StoreUse.ReadsModels) stores.ArchiveBucket!.Check(forWriting: use == StoreUse.WritesArchive);
        if (use != StoreUse.WritesArchive) stores.ModelsBucket!.Check(forWriting: use == StoreUse.WritesModels);
        foreach (var store in (S3Store[])[stores.ArchiveBucket!, stores.ModelsBucket!]) store.SweepWork(time.GetUtcNow() - s_old);
    }

    [LoggerMessage(EventId = 1601, EventName = "ObjectStoreAway", Level = LogLevel.Warning, Message = "The start goes on without the object store: {Reason}")]
    private static partial void Away(ILogger logger, string reason);
}
