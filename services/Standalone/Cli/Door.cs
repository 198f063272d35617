using Grpc.Core;
using Grpc.Net.Client;
using Recommender.Hosting.Errors;

namespace Recommender.Standalone.Cli;

/// <summary>The running system's gRPC door, and what its errors mean in words.</summary>
internal static class Door
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    /// <summary>Opens a channel; nothing is sent before the first call.</summary>
    public static GrpcChannel Open(ServerAddress address, ClientIdentity identity) =>
        GrpcChannel.ForAddress(address.Uri, new GrpcChannelOptions { HttpHandler = identity.Handler(), DisposeHttpClient = true });

    /// <summary>When a single call has taken too long: 10 seconds from now.</summary>
    public static DateTime Deadline() => TimeProvider.System.GetUtcNow().UtcDateTime + s_timeout;

    /// <summary>Makes calls and turns their errors into one sentence.</summary>
    /// <exception cref="CommandFailure">The system is not there, or refuses.</exception>
    public static async Task<T> CallAsync<T>(ServerAddress address, ClientIdentity identity, Func<GrpcChannel, Task<T>> call)
    {
        using var channel = Open(address, identity);
        try
        {
            return await call(channel);
        }
        catch (RpcException e)
        {
            throw Failure(e, address);
        }
    }

    /// <summary>One sentence for a failed call.</summary>
    public static CommandFailure Failure(RpcException error, ServerAddress address) => error.StatusCode switch
    {
        StatusCode.InvalidArgument => new CommandFailure(Sentence(error.Status.Detail), ExitCode.Usage, error),
        StatusCode.Unavailable when RetryDelay(error) is null => NotRunning(address, error),
        StatusCode.Unauthenticated => new CommandFailure($"The system at {address} does not know who calls: {Sentence(error.Status.Detail)} Name a file with a token by --token-file.", ExitCode.Failed, error),
        StatusCode.DeadlineExceeded => new CommandFailure($"The system at {address} did not answer in time.", ExitCode.Failed, error),
        StatusCode.Unimplemented => new CommandFailure($"What answers at {address} is not Recommender, or does not have this part of it.", ExitCode.Failed, error),
        _ => new CommandFailure($"The system at {address} refused ({error.StatusCode}): {Sentence(error.Status.Detail)}", ExitCode.Failed, error),
    };

    /// <summary>The delay after which the server wants to be asked again; null when it did not say so, or when no server was reached.</summary>
    public static TimeSpan? RetryDelay(RpcException error) => GrpcErrors.RetryDelayOf(error);

    /// <summary>Nobody listens at the address.</summary>
    public static CommandFailure NotRunning(ServerAddress address, Exception? cause = null) =>
        new($"Nothing answers at {address}; start the system with 'recommender run', or name its address with --to.", ExitCode.Failed, cause);

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
