using Microsoft.Extensions.Logging;

namespace Recommender.Tests.Benchmarks.Events;

/// <summary>Begins to measure when the feature service tells its log that it reads, which is as it asks the broker for its first records.</summary>
internal sealed class ReadingBegins : ILoggerProvider, ILogger
{
    /// <summary>Whose log it is.</summary>
    public const string Category = "Recommender.Features.Consuming.ConsumerSession";

    private readonly TaskCompletionSource<Measurement> _begun = new();

    /// <summary>What began.</summary>
    /// <exception cref="InvalidOperationException">The service has not told.</exception>
    public Measurement Measurement => _begun.Task.IsCompleted ? _begun.Task.Result : throw new InvalidOperationException("The feature service did not tell when it began to read.");

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Information;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name == "Reading") _begun.TrySetResult(Measured.Begin());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
