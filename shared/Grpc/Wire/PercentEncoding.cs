using System.Buffers;
using System.Globalization;
using System.Text;

namespace Grpc.Wire;

// The encoding of grpc-message: UTF-8 whose bytes outside printable ASCII, and '%', are written %XX.
internal static class PercentEncoding
{
    private const string HexDigits = "0123456789ABCDEF";

    private static readonly SearchValues<char> s_plain = SearchValues.Create(
        " !\"#$&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    public static string Encode(string text)
    {
        var first = text.AsSpan().IndexOfAnyExcept(s_plain);
        if (first < 0)
            return text;
        var builder = new StringBuilder(text.Length + 16).Append(text, 0, first);
        foreach (var b in Encoding.UTF8.GetBytes(text[first..]))
            if (s_plain.Contains((char)b))
                builder.Append((char)b);
            else
                builder.Append('%').Append(HexDigits[b >> 4]).Append(HexDigits[b & 15]);
        return builder.ToString();
    }

    // A '%' that no two hex digits follow stays as it is: a status must not be lost to a peer's sloppiness.
    public static string Decode(string text)
    {
        if (!text.Contains('%'))
            return text;
        var source = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] == '%' && i + 2 < source.Length && TryHex(source.AsSpan(i + 1, 2), out var value))
            {
                source[length++] = value;
                i += 2;
            }
            else
            {
                source[length++] = source[i];
            }
        }
        return Encoding.UTF8.GetString(source, 0, length);
    }

    private static bool TryHex(ReadOnlySpan<byte> digits, out byte value) =>
        byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
