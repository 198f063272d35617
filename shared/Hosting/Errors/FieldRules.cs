using System.Globalization;
using System.Text;

namespace Recommender.Hosting.Errors;

/// <summary>Rules for fields that several services share. Each returns the violation, or null when the value is good.</summary>
public static class FieldRules
{
    /// <summary>Longest user, video, event, session and request id, in bytes of UTF-8.</summary>
    public const int MaxIdBytes = 128;

    /// <summary>An id that must be there: 1..128 bytes of UTF-8 without control characters.</summary>
    public static FieldViolation? RequiredId(string field, string value) =>
        value.Length == 0 ? new FieldViolation(field, $"is empty; 1 to {MaxIdBytes} bytes of UTF-8 are allowed") : OptionalId(field, value);

    /// <summary>As the other one, of an id that is valid UTF-8 already.</summary>
    public static FieldViolation? RequiredId(string field, ReadOnlySpan<byte> utf8) =>
        utf8.Length is > 0 and <= MaxIdBytes && !utf8.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? null : RequiredId(field, Encoding.UTF8.GetString(utf8));

    /// <summary>An id that may be absent: at most 128 bytes of UTF-8 without control characters.</summary>
    public static FieldViolation? OptionalId(string field, string value)
    {
        if (Text(field, value, MaxIdBytes) is { } tooLong) return tooLong;
        foreach (var c in value)
            if (char.IsControl(c)) return new FieldViolation(field, "contains a control character");
        return null;
    }

    /// <summary>A text of at most <paramref name="maxBytes"/> bytes of UTF-8.</summary>
    public static FieldViolation? Text(string field, string value, int maxBytes)
    {
        // A char is at most three bytes, so most values need no count.
        if (value.Length * 3 > maxBytes)
        {
            var bytes = Encoding.UTF8.GetByteCount(value);
            if (bytes > maxBytes) return new FieldViolation(field, string.Create(CultureInfo.InvariantCulture, $"has {bytes} bytes of UTF-8; at most {maxBytes} are allowed"));
        }
        return null;
    }

    /// <summary>Whether it is an ISO 3166 code of two letters, in either case.</summary>
    public static bool IsCountry(ReadOnlySpan<char> code) => code.Length == 2 && char.IsAsciiLetter(code[0]) && char.IsAsciiLetter(code[1]);

    /// <summary>A count of results: 1..max, where 0 stands for the default.</summary>
    public static FieldViolation? Count(string field, int value, int max) => value < 0 || value > max
        ? new FieldViolation(field, string.Create(CultureInfo.InvariantCulture, $"is {value}; 1 to {max} is allowed, and 0 for the default"))
        : null;

    /// <summary>Throws INVALID_ARGUMENT when there is a violation.</summary>
    public static void ThrowIfAny(FieldViolation? violation)
    {
        if (violation is { } v) throw GrpcErrors.InvalidArgument(v);
    }
}
