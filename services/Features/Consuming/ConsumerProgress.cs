namespace Recommender.Features.Consuming;

/// <summary>What the consumer is doing, for the health check. Safe for use by many threads.</summary>
internal sealed class ConsumerProgress
{
    private volatile string? _trouble = "not started";

    /// <summary>Why nothing is being absorbed; null when all is well.</summary>
    public string? Trouble
    {
        get => _trouble;
        set => _trouble = value;
    }
}
