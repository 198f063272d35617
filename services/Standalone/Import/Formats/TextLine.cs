using System.Text;

namespace Recommender.Standalone.Import.Formats;

/// <summary>Text of a line and its fields.</summary>
internal static class TextLine
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes a line.</summary>
    /// <exception cref="FormatException">It is not valid UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> line)
    {
        try
        {
            return s_strict.GetString(line);
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException("the line is not valid UTF-8", e);
        }
    }

    /// <summary>The separator of a table, judged by its first line: <c>::</c>, a tab or a comma.</summary>
    public static string SeparatorOf(string line) => line.Contains('\t', StringComparison.Ordinal) ? "\t" : line.Contains("::", StringComparison.Ordinal) ? "::" : ",";

    /// <summary>Splits a line; comma-separated fields may stand in double quotes, a doubled one meaning itself.</summary>
    /// <exception cref="FormatException">A quote is not closed.</exception>
    public static string[] Split(string line, string separator) =>
        separator == "," && line.Contains('"', StringComparison.Ordinal) ? SplitQuoted(line) : line.Split(separator);

    private static string[] SplitQuoted(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (c == '"' && (quoted || field.Length == 0))
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }
        if (quoted) throw new FormatException("a double quote is not closed");
        fields.Add(field.ToString());
        return [.. fields];
    }
}
