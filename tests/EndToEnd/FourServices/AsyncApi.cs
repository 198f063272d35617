using System.Text;
using System.Text.Json;
using Recommender.Hosting.Kafka;
using YamlDotNet.RepresentationModel;

namespace Recommender.Tests.EndToEnd.FourServices;

/// <summary>Checks records against docs/asyncapi.yaml: the part of JSON Schema that the document uses.</summary>
internal sealed class AsyncApi
{
    private readonly YamlMappingNode _root;

    private AsyncApi(YamlMappingNode root) => _root = root;

    public static AsyncApi Load()
    {
        var yaml = new YamlStream();
        using var text = File.OpenText(Path.Combine(AppContext.BaseDirectory, "asyncapi.yaml"));
        yaml.Load(text);
        return new AsyncApi((YamlMappingNode)yaml.Documents[0].RootNode);
    }

    /// <summary>Fails when the record's value or headers are not what the document says of its topic.</summary>
    public void Check(string topic, TopicRecord record)
    {
        var channel = Children(_root, "channels").Single(c => Text(c.Value, "address") == topic).Value;
        var message = Resolve(Children(channel, "messages").Single().Value);
        var headers = record.Headers!.ToDictionary(h => h.Key, h => Encoding.UTF8.GetString(h.GetValueBytes()));
        CheckValue(topic + " headers", Resolve(message["headers"]), JsonSerializer.SerializeToElement(headers));
        var payload = Resolve(message["payload"]);
        if (record.Value is null || Text(payload, "format") == "binary") return;
        using var json = JsonDocument.Parse(record.Value);
        CheckValue(topic, payload, json.RootElement);
    }

    private void CheckValue(string path, YamlNode schema, JsonElement value)
    {
        schema = Resolve(schema);
        switch (Text(schema, "type"))
        {
            case "object": CheckObject(path, schema, value); break;
            case "array":
                Assert.True(value.ValueKind == JsonValueKind.Array, $"{path} is {value.ValueKind}");
                foreach (var item in value.EnumerateArray()) CheckValue(path + "[]", schema["items"], item);
                break;
            case "string": Assert.True(value.ValueKind == JsonValueKind.String, $"{path} is {value.ValueKind}"); break;
            case "integer": Assert.True(value.TryGetInt64(out _), $"{path} is {value}"); break;
            case "number": Assert.True(value.ValueKind == JsonValueKind.Number, $"{path} is {value.ValueKind}"); break;
        }
        if (Text(schema, "minLength") is { } length) Assert.True(value.GetString()!.Length >= int.Parse(length, null), $"{path} is too short");
        if (Text(schema, "minimum") is { } minimum) Assert.True(value.GetDouble() >= double.Parse(minimum, null), $"{path} is {value}");
        if (Text(schema, "maximum") is { } maximum) Assert.True(value.GetDouble() <= double.Parse(maximum, null), $"{path} is {value}");
        if (Text(schema, "const") is { } constant) Assert.Equal(constant, value.GetString());
        if (Text(schema, "format") == "date-time") Assert.True(value.TryGetDateTimeOffset(out _), $"{path} is {value}");
        if (Child(schema, "enum") is YamlSequenceNode allowed) Assert.Contains(value.GetString(), allowed.Select(a => a.ToString()));
    }

    private void CheckObject(string path, YamlNode schema, JsonElement value)
    {
        Assert.True(value.ValueKind == JsonValueKind.Object, $"{path} is {value.ValueKind}");
        if (Child(schema, "required") is YamlSequenceNode required)
            foreach (var name in required) Assert.True(value.TryGetProperty(name.ToString(), out _), $"{path} lacks {name}");
        if (Child(schema, "if") is { } condition && Child(schema, Meets(condition, value) ? "then" : "else") is { } more) CheckObject(path, more, value);
        var properties = Child(schema, "properties") is null ? [] : Children(schema, "properties").ToDictionary(p => p.Key.ToString(), p => p.Value);
        foreach (var field in value.EnumerateObject())
        {
            if (properties.TryGetValue(field.Name, out var property)) CheckValue($"{path}.{field.Name}", property, field.Value);
            else if (Child(schema, "additionalProperties") is YamlMappingNode any) CheckValue($"{path}.{field.Name}", any, field.Value);
            else Assert.False(Text(schema, "additionalProperties") == "false", $"{path}.{field.Name} is not described");
        }
    }

    /// <summary>Whether the properties have values among those that a condition lists.</summary>
    private static bool Meets(YamlNode condition, JsonElement value) => Children(condition, "properties").All(p =>
        value.TryGetProperty(p.Key.ToString(), out var field) && Child(p.Value, "enum") is YamlSequenceNode allowed && allowed.Any(a => a.ToString() == field.GetString()));

    private YamlNode Resolve(YamlNode node)
    {
        if (Text(node, "$ref") is not { } reference) return node;
        return reference.TrimStart('#', '/').Split('/').Aggregate((YamlNode)_root, (current, step) => current[step]);
    }

    private static YamlNode? Child(YamlNode node, string name) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(name, out var child) ? child : null;

    private static string? Text(YamlNode node, string name) => (Child(node, name) as YamlScalarNode)?.Value;

    private static YamlMappingNode Children(YamlNode node, string name) => (YamlMappingNode)Child(node, name)!;
}
