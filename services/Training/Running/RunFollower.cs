using Recommender.Hosting.Artifacts;
using Recommender.Training.Registry;
using Recommender.V1;

namespace Recommender.Training.Running;

/// <summary>Keeps up with the runs that other processes execute and ask for, and with the model that they make live.</summary>
internal sealed class RunFollower(RunBook book, ModelStore models, ModelRegistry registry, TimeProvider time, ILogger<RunFollower> logger) : BackgroundService
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    // Requests to a bucket cost money.
    private static readonly TimeSpan s_remotePeriod = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(models.IsRemote ? s_remotePeriod : s_period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Look();
    }

    private void Look()
    {
        try
        {
            book.Follow();
            if (book.List().FirstOrDefault(r => r.State == TrainingRun.Types.State.Succeeded) is { } last) TrainingMetrics.LastSuccess(last);
            if (registry.LiveVersion is { Length: > 0 } live && registry.Find(live) is { } manifest) TrainingMetrics.LiveModel(manifest);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or PromotionException)
        {
            FollowerLog.NotRead(logger, e);
        }
    }
}

internal static partial class FollowerLog
{
    [LoggerMessage(EventId = 6151, EventName = "RunsNotRead", Level = LogLevel.Warning, Message = "The runs of other processes can't be read at the moment")]
    public static partial void NotRead(ILogger logger, Exception error);
}
