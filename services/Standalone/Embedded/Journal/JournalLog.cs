namespace Recommender.Standalone.Embedded.Journal;

internal static partial class JournalLog
{
    [LoggerMessage(5201, LogLevel.Warning, "The end of journal {File} was not written whole: its last {Bytes} bytes are left out; everything before them is kept")]
    public static partial void TailCutOff(ILogger logger, string file, int bytes);

    [LoggerMessage(5202, LogLevel.Error, "Journal {File} is damaged although it was complete: its last {Bytes} bytes cannot be read, and what happened there is lost; the other files are read")]
    public static partial void Damaged(ILogger logger, string file, int bytes);

    [LoggerMessage(5206, LogLevel.Error, "Journal {File} is damaged in its middle: {Bytes} bytes cannot be read, and what happened there is lost; the records behind them are read")]
    public static partial void Hole(ILogger logger, string file, int bytes);

    [LoggerMessage(5203, LogLevel.Error, "The journal cannot be written, so nothing is acknowledged: {Reason}")]
    public static partial void NotWritten(ILogger logger, string reason);

    [LoggerMessage(5204, LogLevel.Warning, "Redis did not confirm that its file is on disk; journal files stay until it does")]
    public static partial void NotSynced(ILogger logger);

    [LoggerMessage(5205, LogLevel.Warning, "Journal {File} cannot be deleted: {Reason}")]
    public static partial void NotDeleted(ILogger logger, string file, string reason);
}
