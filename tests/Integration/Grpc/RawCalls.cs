using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>gRPC by hand: requests that no gRPC client would send.</summary>
internal static class RawCalls
{
    public const string Unary = "/recommender.test.v1.EchoService/Unary";
    public const string ServerStream = "/recommender.test.v1.EchoService/ServerStream";

    private static readonly HttpClient s_http = new() { Timeout = TimeSpan.FromSeconds(60) };

    public static byte[] Frame(IMessage message) => Frame(message.ToByteArray());

    public static byte[] Frame(byte[] payload, byte flag = 0)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    public static byte[] Gzip(byte[] data)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal))
            gzip.Write(data);
        return output.ToArray();
    }

    /// <summary>Sends a body; header "content-type" replaces gRPC's.</summary>
    public static async Task<RawResponse> SendAsync(
        Uri server, byte[] body, string path = Unary, HttpMethod? method = null, Version? version = null,
        params (string Name, string Value)[] headers)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, new Uri(server, path))
        {
            Version = version ?? HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = method == HttpMethod.Get ? null : new ByteArrayContent(body),
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        var type = headers.FirstOrDefault(header => header.Name == "content-type").Value ?? "application/grpc";
        if (request.Content is { } content && type.Length > 0)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        foreach (var (name, value) in headers)
            if (name != "content-type")
                request.Headers.TryAddWithoutValidation(name, value);
        using var response = await s_http.SendAsync(request, cancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return new RawResponse((int)response.StatusCode, Flatten(response.Headers), Flatten(response.TrailingHeaders), answer);
    }

    private static Dictionary<string, string> Flatten(HttpHeaders headers) =>
        headers.NonValidated.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString());
}

/// <summary>What came back: headers and trailers by lower-case name.</summary>
internal sealed record RawResponse(int Http, Dictionary<string, string> Headers, Dictionary<string, string> Trailers, byte[] Body)
{
    /// <summary>grpc-status, wherever it is; -1 where there is none.</summary>
    public int Status => int.TryParse(Value("grpc-status"), out var status) ? status : -1;

    public string Message => Value("grpc-message") ?? "";

    public string? Value(string name) => Trailers.GetValueOrDefault(name) ?? Headers.GetValueOrDefault(name);
}
