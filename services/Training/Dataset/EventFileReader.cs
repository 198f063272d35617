using Recommender.Hosting.Artifacts;

namespace Recommender.Training.Dataset;

/// <summary>Reads archive files of events into columns.</summary>
internal static class EventFileReader
{
    // What is unpacked at once stays in the processor's cache until it is read.
    private const int BlockBytes = 128 * 1024;

    /// <summary>Reads a file.</summary>
    /// <param name="path">A gzip file of rows, of one member or several.</param>
    /// <param name="columns">Receives its events; what was in it is forgotten.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static void Read(string path, EventColumns columns, CancellationToken cancellationToken)
    {
        // No row begins like this.
        var seal = "\0end"u8;
        columns.Clear();
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
        if (file.Length == 0) throw new InvalidDataException($"{Path.GetFileName(path)} is empty, which also a file of no rows is not");
        using var stream = SealedGzip.Decompress(file, seal);
        using var rows = new EventRowSink(columns, cancellationToken);
        // Reading from it would unpack eight kilobytes at a time, and copy the last 32 of the rows for each of them.
        stream.CopyTo(rows, BlockBytes);
        if (!rows.Rest.EndsWith(seal)) throw new InvalidDataException($"{Path.GetFileName(path)} is cut short, or has something else than gzip behind its rows");
        if (rows.Rest.Length > seal.Length) throw new InvalidDataException($"{Path.GetFileName(path)} ends in the middle of a row");
    }
}
