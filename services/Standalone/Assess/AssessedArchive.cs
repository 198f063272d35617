using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Contracts.Json;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Archive.Keeping;
using Recommender.Hosting.Artifacts;
using Recommender.Standalone.Cli;
using Recommender.Training.Assessing;
using Recommender.Training.Dataset;

namespace Recommender.Standalone.Assess;

/// <summary>Assesses an event archive as training would read it: deleted videos and forgotten viewers left out.</summary>
internal static class AssessedArchive
{
    /// <summary>Reads and assesses it.</summary>
    /// <exception cref="CommandFailure">It is not there, or a file is damaged.</exception>
    public static async Task<AssessmentReport> AssessAsync(Assessor assessor, string path, string codeVersion, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path)) throw CommandFailure.Usage($"{path} is not there.");
        if (!IsArchive(path)) throw CommandFailure.Usage($"{path} is no event archive: it has no folder such as type=view. In the data folder of a system it is called archive.");
        try
        {
            var reader = new SnapshotReader(new StorageOptions { ArchivePath = path }, TimeProvider.System, NullLogger<SnapshotReader>.Instance);
            var snapshot = await reader.ReadAsync(_ => { }, cancellationToken);
            var input = new AssessmentInput { Lines = snapshot.Counts.Rows, BadLines = snapshot.Counts.Unreadable, OfAuthors = snapshot.Counts.OfAuthors };
            var archive = ArchiveCatalog.Load(path);
            foreach (var file in archive.Files("catalog")) await ArchiveRows.ReadAsync(archive.Root, file, row => AddVideo(input, row), cancellationToken);
            return assessor.Assess(input, snapshot.Events, snapshot.Counts.Duplicates, path, codeVersion, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"The archive can't be read: {e.Message}.", ExitCode.Failed, e);
        }
    }

    /// <summary>A new system's archive has nothing, or what keeps it in order.</summary>
    private static bool IsArchive(string path) => Directory.EnumerateDirectories(path, "type=*").Any()
        || Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName).All(name => name == ErasureProgress.FileName || name!.StartsWith('.'));

    private static void AddVideo(AssessmentInput input, ReadOnlySpan<byte> row)
    {
        try
        {
            input.Add(VideoJson.Parse(row));
        }
        catch (FormatException)
        {
            // Counted among the unreadable rows already.
        }
    }
}
