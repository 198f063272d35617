using System.Buffers.Text;
using Grpc.Core;

namespace Grpc.Wire;

// Between metadata and HTTP header values.
internal static class MetadataCodec
{
    // Padding is left out, as the specification asks of senders.
    public static string ToHeader(Metadata.Entry entry) =>
        entry.IsBinary ? Convert.ToBase64String(entry.Bytes).TrimEnd('=') : entry.Value;

    // A binary header may hold several values joined by commas; each becomes an entry of its own.
    public static void AddReceived(Metadata metadata, string key, string value)
    {
        if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
        {
            metadata.Add(Metadata.Entry.Received(key, value));
            return;
        }
        foreach (var range in value.AsSpan().Split(','))
            metadata.Add(Metadata.Entry.Received(key, FromBase64(value.AsSpan()[range].Trim())));
    }

    // Headers that belong to HTTP or to gRPC itself are no metadata.
    public static bool IsReserved(string lowerCaseKey) => lowerCaseKey switch
    {
        "content-type" or "content-length" or "te" or "host" or "date" or "server" or "trailer" or "transfer-encoding" => true,
        "grpc-timeout" or "grpc-encoding" or "grpc-accept-encoding" => true,
        "grpc-status" or "grpc-message" or Metadata.RequestEncodingKey => true,
        _ => lowerCaseKey.StartsWith(':'),
    };

    public static byte[] FromBase64(ReadOnlySpan<char> text)
    {
        Span<char> padded = text.Length <= 1024 ? stackalloc char[1027] : new char[text.Length + 3];
        text = text.TrimEnd('=');
        text.CopyTo(padded);
        var length = text.Length;
        while (length % 4 != 0)
            padded[length++] = '=';
        if (!Base64.IsValid(padded[..length], out var bytes))
            throw new RpcException(new Status(StatusCode.Internal, "A binary header is not base64."));
        var result = new byte[bytes];
        Convert.TryFromBase64Chars(padded[..length], result, out _);
        return result;
    }
}
