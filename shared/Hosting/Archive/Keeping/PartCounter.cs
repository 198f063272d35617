namespace Recommender.Hosting.Archive.Keeping;

/// <summary>Follows the rows of a compacted file that is written again without some of them, so that its parts stay true.</summary>
/// <param name="text">The parts so far; null when the file has none.</param>
internal sealed class PartCounter(string? text)
{
    private readonly (long To, long Rows)[] _before = text is null ? [] : [.. ManifestParts.Decode(text)];
    private readonly List<(long To, long Rows)> _after = [];
    private int _part;
    private long _seen;
    private long _kept;

    /// <summary>Notes the next row; says what it was told.</summary>
    public bool Next(bool isKept)
    {
        Close();
        _seen++;
        if (isKept) _kept++;
        return isKept;
    }

    /// <summary>The parts now.</summary>
    public string? Finish()
    {
        if (text is null) return null;
        Close();
        while (_part < _before.Length)
        {
            _after.Add((_before[_part++].To, _kept));
            _kept = 0;
        }
        return ManifestParts.Encode(_after);
    }

    private void Close()
    {
        while (_part < _before.Length && _seen == _before[_part].Rows)
        {
            _after.Add((_before[_part++].To, _kept));
            (_seen, _kept) = (0, 0);
        }
    }
}
