namespace Recommender.Modeling.Numerics;

/// <summary>
/// Spreads rows over threads in small chunks, each thread with a workspace of its own. Chunks are dealt out in turn, so that each thread
/// begins with as many early ones; a thread that has none left steals the later half of what another still has.
/// </summary>
internal static class RowWorkers
{
    /// <summary>Calls <paramref name="body"/> for ranges [from, to) that cover all rows once, concurrently.</summary>
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
        var chunks = (int)((rows + (chunk - 1L)) / chunk);
        var workers = Math.Min(chunks, threads > 0 ? threads : Environment.ProcessorCount);
        var hands = new ChunkHands(chunks, workers);
        void Work(int worker)
        {
            var workspace = createWorkspace();
            while (hands.TryTake(worker, out var taken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                body(workspace, taken * chunk, (int)Math.Min(rows, (taken + 1L) * chunk));
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
