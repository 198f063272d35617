namespace Recommender.Standalone.Run;

/// <summary>Takes down in reverse order what a start has built, at the end or when the start fails midway.</summary>
internal sealed class AsyncStack : IAsyncDisposable
{
    private readonly Stack<object> _built = new();

    /// <summary>Adds something that was built.</summary>
    public T Push<T>(T built) where T : class
    {
        _built.Push(built);
        return built;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_built.TryPop(out var built))
        {
            if (built is IAsyncDisposable later) await later.DisposeAsync();
            else if (built is IDisposable now) now.Dispose();
        }
    }
}
