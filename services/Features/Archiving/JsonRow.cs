namespace Recommender.Features.Archiving;

/// <summary>The archive keeps one JSON object a line.</summary>
internal static class JsonRow
{
    /// <summary>The value as it is, line ends replaced by blanks: in JSON they stand between texts and numbers, never within.</summary>
    /// <param name="json">One valid JSON object, UTF-8.</param>
    public static byte[] Of(byte[] json)
    {
        if (json.AsSpan().IndexOfAny((byte)'\n', (byte)'\r') < 0) return json;
        var row = (byte[])json.Clone();
        foreach (ref var character in row.AsSpan())
            if (character is (byte)'\n' or (byte)'\r') character = (byte)' ';
        return row;
    }
}
