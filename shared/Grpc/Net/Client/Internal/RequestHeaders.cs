using System.Net;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Internal;

// From call options to an HTTP request.
internal static class RequestHeaders
{
    private static readonly string s_userAgent =
        $"grpc-dotnet-recommender/{typeof(RequestHeaders).Assembly.GetName().Version?.ToString(3)}";

    public static HttpRequestMessage Create(
        GrpcChannel channel, IMethod method, string? host, CallOptions options, DateTime deadline, HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, channel.UriOf(method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation("grpc-accept-encoding", MessageEncoding.Accepted);
        headers.TryAddWithoutValidation("user-agent", s_userAgent);
        if (host is not null)
            headers.Host = host;
        if (deadline != DateTime.MaxValue)
            headers.TryAddWithoutValidation(
                "grpc-timeout", GrpcTimeout.Format(deadline - GrpcChannel.Time.GetUtcNow().UtcDateTime));
        if (options.Headers is { } metadata)
            Add(headers, metadata);
        return request;
    }

    public static bool WantsGzip(Metadata? metadata) => metadata?.GetValue(Metadata.RequestEncodingKey) switch
    {
        null or MessageEncoding.Identity => false,
        MessageEncoding.Gzip => true,
        var other => throw new RpcException(new Status(StatusCode.Internal, $"The message encoding '{other}' is not supported.")),
    };

    private static void Add(System.Net.Http.Headers.HttpRequestHeaders headers, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (entry.Key == Metadata.RequestEncodingKey)
                headers.TryAddWithoutValidation("grpc-encoding", entry.Value);
            else if (entry.Key == "user-agent")
                headers.TryAddWithoutValidation(entry.Key, entry.Value);
            else if (!MetadataCodec.IsReserved(entry.Key))
                headers.TryAddWithoutValidation(entry.Key, MetadataCodec.ToHeader(entry));
        }
    }
}
