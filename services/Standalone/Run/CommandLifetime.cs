namespace Recommender.Standalone.Run;

/// <summary>Leaves signals to the command, which stops the parts in their order; the host's own handler would race with it.</summary>
internal sealed class CommandLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
