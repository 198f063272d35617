namespace Recommender.Training.Dataset;

/// <summary>Makes pieces on all processors, and takes them one after the other in their order.</summary>
internal static class InTurn
{
    /// <summary>Makes and takes every piece; there are never more of them than threads.</summary>
    /// <param name="count">Number of pieces.</param>
    /// <param name="create">What one thread makes its pieces in.</param>
    /// <param name="make">Makes the piece with a number; called by several threads at once.</param>
    /// <param name="take">Takes a piece; called by one thread at a time.</param>
    /// <param name="cancellationToken">Checked before each piece.</param>
    public static void Run<TPiece>(int count, Func<TPiece> create, Action<TPiece, int> make, Action<TPiece> take, CancellationToken cancellationToken)
    {
        var turn = new object();
        var (begun, taken, hasFailed) = (0, 0, false);
        var threads = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, Math.Min(count, Environment.ProcessorCount), threads, _ =>
        {
            try
            {
                Work(create());
            }
            catch
            {
                // Those who wait for this one's turn would wait for ever.
                lock (turn)
                {
                    hasFailed = true;
                    Monitor.PulseAll(turn);
                }

                throw;
            }
        });

        void Work(TPiece piece)
        {
            while (TryBegin(out var number))
            {
                cancellationToken.ThrowIfCancellationRequested();
                make(piece, number);
                if (!TryAwait(number)) return;
                take(piece);
                lock (turn)
                {
                    taken++;
                    Monitor.PulseAll(turn);
                }
            }
        }

        bool TryBegin(out int number)
        {
            lock (turn) number = begun++;
            return number < count;
        }

        bool TryAwait(int number)
        {
            lock (turn)
            {
                while (taken != number && !hasFailed) Monitor.Wait(turn);
                return !hasFailed;
            }
        }
    }
}
