using System.Buffers.Text;
using Grpc.Core;

namespace Grpc.Wire;

// Between metadata and HTTP header values.
internal static class MetadataCodec
{
    // Padding is left out, as the specification asks of senders.
    public static string ToHeader(Metadata.Entry entry) =>
        entry.IsBinary ? Convert.ToBase64String(entry.Bytes).TrimEnd('=') : entry.Value;

    // A binary header may hold several values joined by commas; each becomes an entry of its own. Text outside
    // printable ASCII is dropped: it could not be sent on. False: a binary value is not base64.
    public static bool TryAddReceived(Metadata metadata, string key, string value)
    {
        if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
        {
            if (!value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                metadata.Add(Metadata.Entry.Received(key, value));
            return true;
        }
        foreach (var range in value.AsSpan().Split(','))
        {
            if (!TryFromBase64(value.AsSpan()[range].Trim(), out var bytes))
                return false;
            metadata.Add(Metadata.Entry.Received(key, bytes));
        }
        return true;
    }

    // Headers that belong to HTTP or to gRPC itself are no metadata.
    public static bool IsReserved(string lowerCaseKey) => lowerCaseKey switch
    {
        "content-type" or "content-length" or "te" or "host" or "date" or "server" or "trailer" or "transfer-encoding" => true,
        "grpc-timeout" or "grpc-encoding" or "grpc-accept-encoding" => true,
        "grpc-status" or "grpc-message" or Metadata.RequestEncodingKey => true,
        _ => lowerCaseKey.StartsWith(':'),
    };

    // With padding or without.
    public static bool TryFromBase64(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        text = text.TrimEnd('=');
        Span<char> padded = text.Length <= 1024 ? stackalloc char[1024 + 3] : new char[text.Length + 3];
        text.CopyTo(padded);
        var length = text.Length;
        while (length % 4 != 0)
            padded[length++] = '=';
        if (!Base64.IsValid(padded[..length], out var count))
            return false;
        bytes = new byte[count];
        return Convert.TryFromBase64Chars(padded[..length], bytes, out _);
    }
}
