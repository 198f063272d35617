using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Google.Protobuf;

namespace Grpc.Wire.Text;

// Finds text that is not UTF-8 in a serialized message. The parser would replace it silently, and two ids that
// differ only in broken bytes would become one.
internal static class TextCheck
{
    // As deep as the parser itself goes.
    private const int MaxDepth = 100;

    // The path of the first broken field, such as events[3].video_id; null when all text is sound. Bytes that are
    // no well-formed message are left to the parser to refuse.
    public static string? FindBroken(ReadOnlySpan<byte> message, TextPlan plan) =>
        Ascii.IsValid(message) ? null : FindBroken(message, plan, MaxDepth);

    private static string? FindBroken(ReadOnlySpan<byte> message, TextPlan plan, int depth)
    {
        var reader = new WireReader(message);
        while (depth > 0 && reader.TryReadTag(out var number, out var type))
        {
            if (type != WireFormat.WireType.LengthDelimited || plan.Find(number) is not { } field)
            {
                if (!reader.TrySkip(number, type))
                    return null;
                continue;
            }
            var start = reader.Position;
            if (!reader.TryReadBytes(out var value))
                return null;
            if (field.Plan is null)
            {
                if (!Utf8.IsValid(value))
                    return Name(field, message[..start]);
            }
            else if (FindBroken(value, field.Plan, depth - 1) is { } inner)
            {
                return field.Field.IsMap ? Name(field, default) : $"{Name(field, message[..start])}.{inner}";
            }
        }
        return null;
    }

    // An element of a list is named with its place: the number of those before it.
    private static string Name(TextField field, ReadOnlySpan<byte> before)
    {
        var descriptor = field.Field;
        if (!descriptor.IsRepeated || descriptor.IsMap)
            return descriptor.Name;
        var index = -1;
        var reader = new WireReader(before);
        while (reader.TryReadTag(out var number, out var type))
        {
            if (number == descriptor.FieldNumber)
                index++;
            if (!reader.TrySkip(number, type))
                break;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{descriptor.Name}[{index}]");
    }
}
