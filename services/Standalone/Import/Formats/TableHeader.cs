namespace Recommender.Standalone.Import.Formats;

/// <summary>The column names of a table. Case, spaces and RecBole's types (<c>user_id:token</c>) don't matter.</summary>
internal sealed class TableHeader
{
    private readonly string[] _names;

    /// <summary>Reads the names from the first line.</summary>
    public TableHeader(string line)
    {
        Separator = TextLine.SeparatorOf(line);
        _names = Array.ConvertAll(TextLine.Split(line, Separator), NameOf);
    }

    private TableHeader(string separator, string[] names) => (Separator, _names) = (separator, names);

    /// <summary>What stands between fields.</summary>
    public string Separator { get; }

    /// <summary>Number of columns.</summary>
    public int Count => _names.Length;

    /// <summary>Names that a file without a header has by custom.</summary>
    public static TableHeader Assume(string separator, params string[] names) => new(separator, names);

    /// <summary>Place of the first of these columns that is there; -1 when none is.</summary>
    public int IndexOf(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var index = Array.IndexOf(_names, name);
            if (index >= 0) return index;
        }
        return -1;
    }

    /// <summary>Splits a line into as many fields as there are columns.</summary>
    /// <exception cref="FormatException">It has another number of fields.</exception>
    public string[] Split(string line)
    {
        var fields = TextLine.Split(line, Separator);
        return fields.Length == Count ? fields : throw new FormatException($"{Count} fields are expected and {fields.Length} found");
    }

    private static string NameOf(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return (colon < 0 ? text : text[..colon]).Trim().ToLowerInvariant();
    }
}
