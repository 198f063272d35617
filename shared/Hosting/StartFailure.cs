using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Kafka;

namespace Recommender.Hosting;

/// <summary>Turns what an operator can mend into one sentence; everything else stays an exception.</summary>
public static partial class StartFailure
{
    /// <summary>A sentence for the operator, or null when the failure is not theirs.</summary>
    public static string? Describe(Exception error) => error switch
    {
        OptionsException e => e.Message,
        TopicMismatchException e => e.Message,
        IOException { InnerException: AddressInUseException } e => DescribeTakenPort(e.Message),
        _ => null,
    };

    private static string DescribeTakenPort(string message)
    {
        var address = Address().Match(message);
        return address.Success
            ? $"Port {address.Groups["port"].Value} on {address.Groups["host"].Value} is taken by another process; stop it, or choose another port with --grpc-port or --http-port (RECOMMENDER_Server__GrpcPort, RECOMMENDER_Server__HttpPort)."
            : message;
    }

    [GeneratedRegex(@"://(?<host>\[[^\]]+\]|[^:]+):(?<port>\d+)")]
    private static partial Regex Address();
}
