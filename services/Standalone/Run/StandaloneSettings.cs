using System.Globalization;
using Recommender.Hosting.Configuration;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Run;

/// <summary>What one machine sets otherwise than many.</summary>
internal static class StandaloneSettings
{
    private const string Bucket = "ObjectStore:Bucket";

    // Environment variables win over these.
    private static readonly (string Key, string Value)[] s_preferences =
    [
        ("Kafka:DeliveryTimeout", "00:00:20"), // a producer that waits for the feature service is no failure
        ("Redis:Timeout", "00:00:01"), // everything shares two cores or so
        ("Archive:FlushInterval", "00:00:05"),
        ("Training:Interval", "00:10:00"),
        ("OnDemand:Enabled", "true"),
        ("Server:DrainTimeout", "00:01:00"),
        ("Logging:LogLevel:Default", "Warning"), // standard error shares the terminal with what people read
    ];

    /// <summary>The settings in the form of a command line.</summary>
    /// <exception cref="CommandFailure">A bucket is named.</exception>
    public static string[] Arguments(RunSettings settings, DataDirectory data, string kafka, string redis, string log) =>
        Environment.GetEnvironmentVariable(VariableOf(Bucket)) is { Length: > 0 } bucket ? throw CommandFailure.Usage(
            $"{VariableOf(Bucket)} is {bucket}; 'run' keeps everything in its data folder. The four services can work with a bucket.") :
    [
        .. s_preferences.Where(p => Environment.GetEnvironmentVariable(VariableOf(p.Key)) is null).Select(p => Argument(p.Key, p.Value)),
        Argument("Server:Host", "127.0.0.1"),
        Argument("Server:GrpcPort", settings.GrpcPort.ToString(CultureInfo.InvariantCulture)),
        Argument("Server:HttpPort", settings.HttpPort.ToString(CultureInfo.InvariantCulture)),
        Argument("Kafka:BootstrapServers", kafka),
        Argument("Kafka:LogIdentity", log),
        Argument("Kafka:GroupInstanceId", ""), // the group ends with the embedded broker
        Argument("Redis:Endpoints", redis),
        Argument("Storage:ArchivePath", data.Archive),
        Argument("Storage:ModelsPath", data.Models),
        Argument("Features:DrainOnStop", "true"), // the embedded log ends with the process
    ];

    private static string VariableOf(string key) => OptionsBinding.EnvironmentPrefix + key.Replace(":", "__", StringComparison.Ordinal);

    private static string Argument(string key, string value) => $"--{key}={value}";
}
