namespace Recommender.Standalone.Cli;

/// <summary>Ends a command with one sentence on standard error.</summary>
/// <param name="sentence">What is wrong and what mends it.</param>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="cause">What led here, if anything did.</param>
internal sealed class CommandFailure(string sentence, int exitCode = ExitCode.Failed, Exception? cause = null) : Exception(sentence, cause)
{
    /// <summary>What the process returns.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>The command was called wrongly.</summary>
    public static CommandFailure Usage(string sentence) => new(sentence, Cli.ExitCode.Usage);
}
