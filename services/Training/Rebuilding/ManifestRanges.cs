using System.Globalization;
using Recommender.Hosting.Archive;
using Recommender.Training.Dataset;

namespace Recommender.Training.Rebuilding;

/// <summary>The part of an archive that a model was made from, by its offsets.</summary>
internal sealed class ManifestRanges
{
    private const string Erasure = "erasure";
    private readonly Dictionary<string, (long From, long To)> _ranges = new(StringComparer.Ordinal);

    /// <summary>Reads the ranges of a manifest, <c>log/type/partition</c> to <c>from-to</c>.</summary>
    /// <exception cref="RebuildException">One is not understood.</exception>
    public ManifestRanges(IReadOnlyDictionary<string, string> ranges)
    {
        foreach (var (key, text) in ranges)
        {
            var parts = text.Split('-');
            if (parts is not [var from, var to] || !TryRead(from, out var first) || !TryRead(to, out var last))
                throw new RebuildException($"The manifest names the offsets '{text}' of {key}, which are none.");
            _ranges[key] = (first, last);
        }
    }

    /// <summary>
    /// Whether the model's data had the file. Wishes to be forgotten count whenever they came: what a viewer did must not come back.
    /// </summary>
    public bool Has(ArchiveFile file) =>
        file.Type == Erasure || (_ranges.TryGetValue(KeyOf(file.Log, file.Type, file.Partition), out var range) && file.From >= range.From && file.To <= range.To);

    /// <summary>Where the model's data ends inside a file that was merged with later ones; null when it is outside, or has all of the file.</summary>
    public long? CutOf(ArchiveFile file) =>
        file.Type != Erasure && _ranges.TryGetValue(KeyOf(file.Log, file.Type, file.Partition), out var range) && file.From <= range.To && range.To < file.To ? range.To : null;

    /// <summary>Why the archive is not the one that the model was made from; null when it has all the offsets.</summary>
    public string? Missing(IReadOnlyDictionary<string, string> found)
    {
        foreach (var (key, (from, to)) in _ranges.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            if (key.Contains($"/{Erasure}/", StringComparison.Ordinal)) continue;
            var expected = string.Create(CultureInfo.InvariantCulture, $"{from}-{to}");
            if (!found.TryGetValue(key, out var there)) return $"The archive has nothing of {key}, of which the model was made from the offsets {expected}.";
            if (there != expected) return $"The archive has the offsets {there} of {key}, but the model was made from {expected}.";
        }
        return null;
    }

    /// <summary>Events of an archive that the model's data did not have.</summary>
    /// <param name="archived">The archive's ranges.</param>
    /// <exception cref="RebuildException">One is not understood.</exception>
    public long CountNewEvents(IReadOnlyDictionary<string, string> archived)
    {
        var count = 0L;
        foreach (var (key, (from, to)) in new ManifestRanges(archived)._ranges)
        {
            if (key.Split('/') is not [_, var type, _] || !SnapshotReader.IsOfEvents(type)) continue;
            count += _ranges.TryGetValue(key, out var known) ? Math.Max(0, to - Math.Max(from - 1, known.To)) : to - from + 1;
        }
        return count;
    }

    /// <summary>Whether somebody asked to be forgotten after the model was made.</summary>
    public bool HasNewErasures(ArchiveCatalog archive) => archive.Ranges.Any(
        r => r.Type == Erasure && (!_ranges.TryGetValue(KeyOf(r.Log, r.Type, r.Partition), out var known) || r.To > known.To));

    private static bool TryRead(string text, out long offset) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out offset);

    private static string KeyOf(string log, string type, int partition) => string.Create(CultureInfo.InvariantCulture, $"{log}/{type}/{partition}");
}
