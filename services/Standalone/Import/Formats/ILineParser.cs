namespace Recommender.Standalone.Import.Formats;

/// <summary>Reads the lines of one file in order; not for several threads.</summary>
internal interface ILineParser
{
    /// <summary>Reads one line that is not blank, without its line end.</summary>
    /// <exception cref="FormatException">The line is bad; the message says why. The following lines can still be read.</exception>
    /// <exception cref="Cli.CommandFailure">The file as a whole is not of this format.</exception>
    void Parse(ReadOnlySpan<byte> line, IImportSink sink);
}
