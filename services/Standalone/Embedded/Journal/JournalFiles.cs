using System.Globalization;
using Recommender.Hosting.Kafka;

namespace Recommender.Standalone.Embedded.Journal;

/// <summary>The files of the journal: <c>{log}-{number}.journal</c>, read from the first to the last.</summary>
/// <param name="directory">Their folder.</param>
/// <param name="topics">Topics whose records are in them.</param>
/// <param name="logger">The log.</param>
internal sealed class JournalFiles(string directory, IReadOnlyCollection<string> topics, ILogger logger)
{
    private const string Extension = ".journal";

    /// <summary>The name of a file.</summary>
    /// <param name="log">Name of the log; letters and digits.</param>
    /// <param name="number">Its place among the files of that log.</param>
    public string PathOf(string log, int number) => Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{log}-{number:D8}{Extension}"));

    /// <summary>The files of all logs that are there, in the order in which they were written; logs sort by their names.</summary>
    public IReadOnlyList<(string Log, string Path)> Find() => [.. PathsIn(directory).Select(p => (LogOf(p), p))];

    /// <summary>Names of the logs that a folder has files of.</summary>
    public static IEnumerable<string> LogsIn(string directory) => PathsIn(directory).Select(LogOf).Distinct();

    /// <summary>The records of one log.</summary>
    public LeftoverLog Open(string log, IReadOnlyList<string> paths) => new(log, paths.SelectMany((path, i) => Read(path, isLast: i == paths.Count - 1)));

    /// <summary>
    /// The records of a file that are whole. What was being written when the machine lost its power may be cut off or damaged; nothing of that was
    /// acknowledged, since an acknowledgement comes after the disk has all. Damage with whole records behind it is the disk's: it costs what it hit.
    /// </summary>
    private IEnumerable<TopicRecord> Read(string path, bool isLast)
    {
        ReadOnlyMemory<byte> rest = File.ReadAllBytes(path);
        if (rest.Span.StartsWith(JournalFrames.Mark)) rest = rest[JournalFrames.Mark.Length..];
        while (true)
        {
            while (JournalFrames.TryRead(ref rest, out var record)) yield return record;
            if (JournalFrames.FindNext(rest, topics) is not (>= 0 and var next)) break;
            JournalLog.Hole(logger, Path.GetFileName(path), next);
            rest = rest[next..];
        }
        if (rest.Length == 0) yield break;
        if (isLast) JournalLog.TailCutOff(logger, Path.GetFileName(path), rest.Length);
        else JournalLog.Damaged(logger, Path.GetFileName(path), rest.Length);
    }

    private static IEnumerable<string> PathsIn(string directory) =>
        Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*-*" + Extension).Order(StringComparer.Ordinal) : [];

    private static string LogOf(string path)
    {
        var name = Path.GetFileName(path);
        return name[..name.LastIndexOf('-')];
    }
}
