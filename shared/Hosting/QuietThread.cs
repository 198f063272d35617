using System.Runtime.InteropServices;

namespace Recommender.Hosting;

/// <summary>
/// Runs long work beside the answering of calls: on a thread of its own, and on Linux with a third of the share of the processors that each other
/// thread gets as long as there are not enough for all (nice 5), since the runtime's own priorities have no effect there. Less would make a rollback
/// wait on a replica that has no time left.
/// </summary>
public static partial class QuietThread
{
    private const int PriorityOfProcess = 0;
    private const int ThisThread = 0;
    private const int Niceness = 5;

    /// <summary>Runs the work.</summary>
    /// <param name="name">Name of the thread, for those who look at the process; Linux shows 15 characters.</param>
    /// <param name="work">What is to be done.</param>
    /// <returns>Its result, or its exception.</returns>
    public static Task<T> RunAsync<T>(string name, Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            // Where that is refused the work is done all the same, only less quietly.
            if (OperatingSystem.IsLinux()) _ = SetPriority(PriorityOfProcess, ThisThread, Niceness);
            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // It is the caller's.
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        })
        {
            Name = name,
            IsBackground = true,
        };
        thread.Start();
        return done.Task;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, int who, int priority);
}
