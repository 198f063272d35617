using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Recommender.Hosting.Configuration;

namespace Recommender.Standalone.Cli;

/// <summary>A host and a port, as options name them: <c>127.0.0.1:5050</c>, <c>localhost:5050</c>, <c>[::1]:5050</c>, <c>https://door:5050</c>.</summary>
/// <param name="Host">Name or IP address; IPv6 in brackets.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="IsTls">Whether the server is spoken to over TLS.</param>
internal sealed record ServerAddress(string Host, int Port, bool IsTls = false)
{
    private const string Scheme = "http://";
    private const string KafkaVariable = OptionsBinding.EnvironmentPrefix + "Kafka__BootstrapServers";
    private const string TlsScheme = "https://";

    /// <summary>Where <c>recommender run</c> listens for gRPC unless it is told otherwise.</summary>
    public static ServerAddress DefaultGrpc { get; } = new("127.0.0.1", 5050);

    /// <summary>Where <c>recommender run</c> has its Kafka bootstrap address unless it is told otherwise.</summary>
    public static ServerAddress DefaultKafka { get; } = new("127.0.0.1", 5092);

    /// <summary>The address of a gRPC server.</summary>
    public Uri Uri => new(IsTls ? ToString() : Scheme + this);

    /// <summary>The option <c>--to</c>.</summary>
    public static Option<ServerAddress> ToOption() => new("--to")
    {
        Description = "Address of the running system's gRPC door, HOST:PORT, or https://HOST:PORT where it speaks TLS.",
        HelpName = "ADDRESS",
        CustomParser = Parse,
        DefaultValueFactory = _ => DefaultGrpc,
    };

    /// <summary>The option <c>--kafka</c>.</summary>
    public static Option<ServerAddress> KafkaOption() => new("--kafka")
    {
        Description = $"Bootstrap address of Kafka, HOST:PORT. Default: the first one of {KafkaVariable}. Security comes from the variables of the services, too.",
        HelpName = "ADDRESS",
        CustomParser = Parse,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(KafkaVariable)?.Split(',')[0].Trim() is { } first && TryParse(first, out var set) ? set : DefaultKafka,
    };

    /// <summary>Reads <c>HOST:PORT</c>, with or without <c>http://</c> or <c>https://</c> before it.</summary>
    public static bool TryParse(string text, out ServerAddress address)
    {
        address = DefaultGrpc;
        var isTls = text.StartsWith(TlsScheme, StringComparison.OrdinalIgnoreCase);
        var scheme = isTls ? TlsScheme : text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? Scheme : "";
        var plain = scheme.Length > 0 ? text[scheme.Length..].TrimEnd('/') : text;
        var colon = plain.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(plain.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
            return false;
        var host = plain[..colon];
        // A bare IPv6 address can't be told from its port, so it needs its brackets.
        var kind = Uri.CheckHostName(host);
        if (kind == UriHostNameType.Unknown || (kind == UriHostNameType.IPv6 && !host.StartsWith('['))) return false;
        address = new ServerAddress(host, port, isTls);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsTls ? TlsScheme : "")}{Host}:{Port}");

    private static ServerAddress? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (TryParse(text, out var address)) return address;
        result.AddError($"'{text}' is no address; HOST:PORT is expected, for example 127.0.0.1:5050");
        return null;
    }
}
