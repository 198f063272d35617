using System.Globalization;
using Recommender.Contracts;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Artifacts;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Embedded.Journal;

namespace Recommender.Standalone.Run;

/// <summary>
/// Everything that lasts: <c>archive/</c> (events and catalog), <c>models/</c>, <c>redis/</c>, <c>journal/</c>, and <c>log-generation</c>, which counts the starts. One process at a time
/// has it; the lock ends with the process, however that ends.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private const string GenerationFile = "log-generation";
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream fileLock) => (Path, _lock) = (path, fileLock);

    /// <summary>Full name of the folder.</summary>
    public string Path { get; }

    /// <summary>Folder of the event archive.</summary>
    public string Archive => System.IO.Path.Combine(Path, "archive");

    /// <summary>Folder of the models.</summary>
    public string Models => System.IO.Path.Combine(Path, "models");

    /// <summary>Folder of the journal, which holds what is acknowledged and not yet in Redis and archive.</summary>
    public string Journal => System.IO.Path.Combine(Path, "journal");

    /// <summary>Folder of Redis.</summary>
    public string Redis => System.IO.Path.Combine(Path, "redis");

    /// <summary>Takes the folder, making it where it is missing.</summary>
    /// <exception cref="CommandFailure">Another process has it, or it can't be written.</exception>
    public static DataDirectory Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
            var file = new FileStream(System.IO.Path.Combine(full, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataDirectory(full, file);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CommandFailure($"The data directory {full} can't be written; choose another with --data DIRECTORY.", ExitCode.Usage, e);
        }
        catch (IOException e) when (Directory.Exists(full))
        {
            throw new CommandFailure($"The data directory {full} is in use by another recommender; stop that one, or choose another with --data DIRECTORY.", ExitCode.Usage, e);
        }
        catch (IOException e)
        {
            throw new CommandFailure($"The data directory {full} can't be made: {e.Message}", ExitCode.Usage, e);
        }
    }

    /// <summary>Number of archived events.</summary>
    public long CountEvents(string? log = null) => ArchiveCatalog.Load(Archive).Ranges
        .Where(r => s_eventTypes.Contains(r.Type) && (log is null || r.Log == log)).Sum(r => r.To - r.From + 1);

    /// <summary>
    /// The name of the log that this start begins. The embedded broker is empty at each start and counts from 0 again, so offsets of an earlier start must not be
    /// taken for its own. Names sort in the order of the starts.
    /// </summary>
    public string NextLog()
    {
        var file = System.IO.Path.Combine(Path, GenerationFile);
        // An archive may be older than the file that counts, when somebody restored a part of the folder.
        var known = ArchiveCatalog.Load(Archive).Ranges.Select(r => NumberOf(r.Log))
            .Concat(JournalFiles.LogsIn(Journal).Select(NumberOf)).Append(File.Exists(file) ? NumberOf(File.ReadAllText(file).Trim()) : 0).Max();
        var name = string.Create(CultureInfo.InvariantCulture, $"g{known + 1:D8}");
        AtomicFile.WriteAllBytes(file, System.Text.Encoding.UTF8.GetBytes(name + "\n"));
        return name;
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static long NumberOf(string log) =>
        log.StartsWith('g') && long.TryParse(log.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static readonly string[] s_eventTypes = [.. Topics.Events.Select(ArchiveFile.TypeOf)];
}
