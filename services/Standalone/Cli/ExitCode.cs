namespace Recommender.Standalone.Cli;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCode
{
    /// <summary>All is well.</summary>
    public const int Ok = 0;

    /// <summary>It was asked rightly and could not be done.</summary>
    public const int Failed = 1;

    /// <summary>It was asked wrongly: an option, a setting, a port that is taken.</summary>
    public const int Usage = 2;

    /// <summary>Ctrl-C ended a command before its work was done; 128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}
