using System.Globalization;
using System.Text;

namespace Recommender.Training.Mlflow;

/// <summary>Writes the part of YAML that MLflow's files need: mappings of scalars, one level of nesting, texts in double quotes.</summary>
internal sealed class Yaml
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>A text.</summary>
    public Yaml Add(string key, string value) => Line(key, Quote(value));

    /// <summary>A whole number.</summary>
    public Yaml Add(string key, long value) => Line(key, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A number that may be missing.</summary>
    public Yaml Add(string key, long? value) => Line(key, value?.ToString(CultureInfo.InvariantCulture) ?? "null");

    /// <summary>Nothing.</summary>
    public Yaml AddNull(string key) => Line(key, "null");

    /// <summary>An empty list.</summary>
    public Yaml AddEmptyList(string key) => Line(key, "[]");

    /// <summary>A mapping below this key.</summary>
    public Yaml Add(string key, Action<Yaml> content)
    {
        Line(key, "");
        var before = _text.Length;
        _depth++;
        content(this);
        _depth--;
        if (_text.Length == before) _text.Insert(_text.Length - 1, " {}");
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private static string Quote(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var rune in value.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\') text.Append('\\').Append((char)rune.Value);
            else if (rune.Value == '\n') text.Append("\\n");
            else if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 or 0xFEFF) text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            else text.Append(rune);
        }
        return text.Append('"').ToString();
    }

    private Yaml Line(string key, string value)
    {
        _text.Append(' ', _depth * 2).Append(key).Append(value.Length > 0 ? ": " : ":").Append(value).Append('\n');
        return this;
    }
}
