using System.Globalization;
using System.Text.RegularExpressions;
using Recommender.Hosting.Online;

namespace Recommender.Hosting.Archive;

/// <summary>
/// One file of the archive, named by what it holds:
/// <c>type=view/day=2026-11-22/{log}-p003-{from}-{to}-{index}of{count}.jsonl.gz</c>. A batch of consecutive offsets of one partition may
/// touch several days and is then <c>count</c> files; it counts only when all of them are there.
/// </summary>
/// <param name="Type">Record type: view, like, share, feedback, impression or catalog.</param>
/// <param name="Day">Day of the events in it, UTC.</param>
/// <param name="Log">Short name of the log that the offsets count in; letters and digits.</param>
/// <param name="Partition">Kafka partition.</param>
/// <param name="From">First offset of the batch.</param>
/// <param name="To">Last offset of the batch, inclusive.</param>
/// <param name="Index">1-based number of this file in its batch.</param>
/// <param name="Count">Files of the batch.</param>
public sealed partial record ArchiveFile(string Type, DateOnly Day, string Log, int Partition, long From, long To, int Index, int Count)
{
    /// <summary>Ending of archive files.</summary>
    public const string Extension = ".jsonl.gz";

    /// <summary>What is added to a file's name for its columns, which training keeps beside it; derived.</summary>
    public const string ColumnsExtension = ".columns";

    /// <summary>Path relative to the archive's root.</summary>
    public string RelativePath => Path.Combine(
        $"type={Type}", string.Create(CultureInfo.InvariantCulture, $"day={Day:yyyy-MM-dd}"),
        string.Create(CultureInfo.InvariantCulture, $"{Log}-p{Partition:D3}-{From:D15}-{To:D15}-{Index}of{Count}{Extension}"));

    /// <summary>The short name of a log in file names: its identity where that is letters and digits, otherwise a hash of it.</summary>
    /// <param name="identity">The log's identity as watermarks know it.</param>
    public static string LogNameOf(string identity) => identity.Length is > 0 and <= 32 && identity.All(char.IsAsciiLetterOrDigit)
        ? identity
        : StableHash.Of(identity).ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The type of a topic's records: <c>view</c> for <c>recommender.view.v1</c>.</summary>
    public static string TypeOf(string topic) => topic.Split('.')[1];

    /// <summary>Reads a name back; null when it is not an archive file, which includes names that only look like one: no such day, offsets that go backwards.</summary>
    public static ArchiveFile? Parse(string relativePath)
    {
        var match = Name().Match(relativePath.Replace(Path.DirectorySeparatorChar, '/'));
        if (!match.Success || !DateOnly.TryParseExact(match.Groups["day"].ValueSpan, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return null;
        if (Number("partition", int.MaxValue) is not { } partition || Number("from", long.MaxValue - 1) is not { } from || Number("to", long.MaxValue - 1) is not { } to) return null;
        if (Number("index", int.MaxValue) is not { } index || Number("count", int.MaxValue) is not { } count) return null;
        if (from > to || index < 1 || index > count) return null;
        var file = new ArchiveFile(match.Groups["type"].Value, day, match.Groups["log"].Value, (int)partition, from, to, (int)index, (int)count);
        // With other leading zeros it would be looked for under a name that it does not have.
        return file.RelativePath.Replace(Path.DirectorySeparatorChar, '/') == match.Value ? file : null;

        long? Number(string group, long most) =>
            long.TryParse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number : null;
    }

    [GeneratedRegex(@"^type=(?<type>[a-z]+)/day=(?<day>\d{4}-\d\d-\d\d)/(?<log>[A-Za-z0-9]+)-p(?<partition>\d+)-(?<from>\d+)-(?<to>\d+)-(?<index>\d+)of(?<count>\d+)\.jsonl\.gz$")]
    private static partial Regex Name();
}
