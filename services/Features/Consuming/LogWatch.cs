using Recommender.Hosting.Kafka;

namespace Recommender.Features.Consuming;

/// <summary>
/// Notices that other logs have come in the place of those that are read, while the client was cut off: what it goes on with behind its offsets is not what
/// comes next. Asks in the background, whenever a client has lost Kafka. Not thread-safe.
/// </summary>
/// <param name="services">What the session works with.</param>
internal sealed class LogWatch(SessionServices services) : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private int _doubts = services.Health.Doubts;
    private Task<LogIdentity>? _asked;

    /// <summary>Looks whether there is a reason to ask, or an answer.</summary>
    /// <param name="known">The names of the logs that are read.</param>
    /// <exception cref="LogChangedException">They have others by now.</exception>
    public void Check(LogIdentity known)
    {
        if (_asked is { IsCompleted: true } answer)
        {
            _asked = null;
            if (!answer.GetAwaiter().GetResult().IsSameOf(known, FeaturesSetup.AbsorbedTopics)) throw new LogChangedException("other logs have come in the place of those that were read");
        }
        if (_asked is not null || services.Health.Doubts == _doubts) return;
        _doubts = services.Health.Doubts;
        _asked = services.ResolveIdentityAsync(_end.Token);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }
}
