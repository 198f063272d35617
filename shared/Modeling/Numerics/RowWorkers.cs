namespace Recommender.Modeling.Numerics;

/// <summary>Spreads rows over threads in small chunks taken in turn, each thread with a workspace of its own.</summary>
internal static class RowWorkers
{
    /// <summary>Calls <paramref name="body"/> for consecutive ranges [from, to) that cover all rows, concurrently.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="chunk">Rows per call.</param>
    /// <param name="threads">Threads at most; 0: one per processor.</param>
    /// <param name="createWorkspace">Called once per thread.</param>
    /// <param name="body">Workspace, from, to.</param>
    /// <param name="cancellationToken">Checked before each chunk.</param>
    public static void Run<TWorkspace>(
        int rows, int chunk, int threads, Func<TWorkspace> createWorkspace, Action<TWorkspace, int, int> body, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var chunks = (rows + (chunk - 1L)) / chunk;
        var workers = (int)Math.Min(chunks, threads > 0 ? threads : Environment.ProcessorCount);
        var next = -1L;
        void Work(int worker)
        {
            var workspace = createWorkspace();
            for (var taken = Interlocked.Increment(ref next); taken < chunks; taken = Interlocked.Increment(ref next))
            {
                cancellationToken.ThrowIfCancellationRequested();
                body(workspace, (int)(taken * chunk), (int)Math.Min(rows, (taken + 1) * chunk));
            }
        }

        if (workers <= 1)
        {
            if (workers == 1) Work(0);
            return;
        }

        try
        {
            Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, Work);
        }
        catch (AggregateException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
