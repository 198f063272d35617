using System.Collections.Concurrent;
using System.Reflection;
using Google.Protobuf.Reflection;

namespace Grpc.Wire.Text;

// Where a message type holds text: its string fields and the fields whose messages hold text. Made once per type.
internal sealed class TextPlan
{
    private static readonly ConcurrentDictionary<MessageDescriptor, TextPlan> s_plans = new();

    private readonly MessageDescriptor _type;
    private Dictionary<int, TextField>? _fields;

    private TextPlan(MessageDescriptor type) => _type = type;

    // Null for what is no protobuf message, and for one that holds no text.
    public static TextPlan? Of(Type message)
    {
        var descriptor = message.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null);
        return descriptor is MessageDescriptor type && HoldsText(type, []) ? Of(type) : null;
    }

    public TextField? Find(int number) => (_fields ??= Build()).GetValueOrDefault(number);

    private static TextPlan Of(MessageDescriptor type) => s_plans.GetOrAdd(type, static type => new TextPlan(type));

    // Fields are looked at on the first use, so that types that contain themselves end.
    private Dictionary<int, TextField> Build()
    {
        var fields = new Dictionary<int, TextField>();
        foreach (var field in _type.Fields.InDeclarationOrder())
        {
            if (IsText(field))
                fields[field.FieldNumber] = new TextField(field, null);
            else if (field.FieldType == FieldType.Message && HoldsText(field.MessageType, []))
                fields[field.FieldNumber] = new TextField(field, Of(field.MessageType));
        }
        return fields;
    }

    // Proto2 lets a string be any bytes; proto3 says UTF-8.
    private static bool IsText(FieldDescriptor field) =>
        field.FieldType == FieldType.String && field.File.Syntax == Syntax.Proto3;

    private static bool HoldsText(MessageDescriptor type, HashSet<MessageDescriptor> seen) =>
        seen.Add(type) && type.Fields.InDeclarationOrder().Any(
            field => IsText(field) || (field.FieldType == FieldType.Message && HoldsText(field.MessageType, seen)));
}

// A field that is text (no plan) or holds some (with the plan of its message).
internal sealed record TextField(FieldDescriptor Field, TextPlan? Plan);
