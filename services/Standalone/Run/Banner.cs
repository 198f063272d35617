using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Run;

/// <summary>Where everything is.</summary>
/// <param name="Grpc">The gRPC door.</param>
/// <param name="Http">Health and metrics.</param>
/// <param name="Kafka">Kafka's bootstrap address.</param>
/// <param name="Redis">Redis.</param>
internal sealed record Addresses(ServerAddress Grpc, ServerAddress Http, ServerAddress Kafka, ServerAddress Redis);

/// <summary>What people read first.</summary>
internal static class Banner
{
    /// <summary>How people call this program; see build/.</summary>
    public const string Command = "build/recommender";

    /// <summary>Addresses and the folder.</summary>
    public static string Text(Addresses at, DataDirectory data) => $"""
        Recommender is running.

          gRPC   {at.Grpc,-16}  {(at.Grpc.IsTls ? "TLS" : "h2c")}, with reflection
          HTTP   {at.Http,-16}  /healthz /readyz /metrics
          Kafka  {at.Kafka,-16}  kcat -b {at.Kafka} -L
          Redis  {at.Redis,-16}  redis-cli -p {at.Redis.Port}
          data   {data.Path}


        """;

    /// <summary>Commands to try next.</summary>
    /// <param name="at">Where everything is.</param>
    /// <param name="viewer">Whom to ask for.</param>
    /// <param name="video">What they may like.</param>
    public static string Next(Addresses at, string viewer, string video)
    {
        var to = at.Grpc == ServerAddress.DefaultGrpc ? "" : $" --to {at.Grpc}";
        var kafka = at.Kafka == ServerAddress.DefaultKafka ? "" : $" --kafka {at.Kafka}";
        return $"""

            Try in another terminal:
              {Command} recommend {viewer}{to}
              {Command} track like {viewer} {video}{to}
              {Command} topics tail view{kafka}
            Ctrl-C stops it.

            """;
    }
}
