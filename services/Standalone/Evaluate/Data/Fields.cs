namespace Recommender.Standalone.Evaluate.Data;

/// <summary>Walks through the fields of a line, separated by blanks or tabs.</summary>
internal ref struct Fields(ReadOnlySpan<char> line)
{
    private ReadOnlySpan<char> _rest = line;

    /// <summary>The next field, or false at the end of the line.</summary>
    public bool TryNext(out ReadOnlySpan<char> field)
    {
        _rest = _rest.Trim(" \t");
        var end = _rest.IndexOfAny(' ', '\t');
        field = end < 0 ? _rest : _rest[..end];
        _rest = _rest[field.Length..];
        return field.Length > 0;
    }
}
