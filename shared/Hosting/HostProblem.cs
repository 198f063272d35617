namespace Recommender.Hosting;

/// <summary>Why a process gave up by itself, for whoever started it. Set before the application is asked to stop.</summary>
public sealed class HostProblem
{
    private volatile Exception? _error;

    /// <summary>What was found in the background; null while all is well. <see cref="StartFailure.Describe"/> has a sentence for it.</summary>
    public Exception? Error
    {
        get => _error;
        internal set => _error = value;
    }

    /// <summary>What the process returns when it ends in order; 0 unless set.</summary>
    public int ExitCode { get; set; }
}
