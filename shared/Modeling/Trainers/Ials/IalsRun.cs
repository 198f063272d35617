using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers.Ials;

/// <summary>A training run of <see cref="IalsTrainer"/>, pass by pass. One thread at a time calls it.</summary>
internal sealed unsafe class IalsRun
{
    private readonly InteractionMatrix _interactions;
    private readonly IalsParameters _parameters;
    private readonly FoldInSettings _settings;
    private readonly float[] _popularity;
    private readonly IalsSide _users;
    private readonly IalsSide _items;
    private readonly CancellationToken _cancellationToken;

    /// <param name="data">Checked.</param>
    /// <param name="parameters">With a number for every parameter.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    public IalsRun(TrainingData data, IalsParameters parameters, CancellationToken cancellationToken)
    {
        (_interactions, _parameters, _settings, _cancellationToken) = (data.Interactions, parameters, parameters.FoldIn, cancellationToken);
        _popularity = Array.ConvertAll(_interactions.ColumnLengths(), n => (float)n);
        _users = new IalsSide(InteractionRows.Of(_interactions, _settings), parameters.Factors, shares: null);
        _items = new IalsSide(new TransposedRows(_interactions, _settings), parameters.Factors, UnobservedShares());
        Randomize();
    }

    /// <summary>The viewers' factors as they stand.</summary>
    public FactorTable Users => _users.Factors;

    /// <summary>The items' factors as they stand.</summary>
    public FactorTable Items => _items.Factors;

    /// <summary>Each item's weight of the unobserved pairs: popularity^delta, scaled to 1 on average over the items with any interaction.</summary>
    public float ShareOfItem(int item) => _items.ShareOf(item);

    /// <summary>One pass: every viewer, then every item.</summary>
    public void Iterate()
    {
        SolveUsers();
        SolveItems();
    }

    /// <summary>Solves every viewer against the items.</summary>
    public void SolveUsers() => HalfStep(_users, _items.Factors);

    /// <summary>Solves every item against the viewers.</summary>
    public void SolveItems() => HalfStep(_items, _users.Factors);

    /// <summary>
    /// The model as it stands: a copy of the items' factors in their principal axes, and for each viewer what folding the history in gives, bit
    /// for bit.
    /// </summary>
    public FactorModel Finish()
    {
        var gram = Gram.Of(_items.Factors, _parameters.Threads, _cancellationToken);
        var axes = PrincipalAxes.Of(gram, _parameters.Factors);
        Rotation.Apply(_items.Factors, axes.Rotation, _parameters.Threads, _cancellationToken);
        Rotation.Apply(_users.Factors, axes.Rotation, _parameters.Threads, _cancellationToken);
        var items = _items.Factors.ToMatrix();
        var users = new FactorMatrix(_users.Factors.RowCount, _parameters.Factors);
        var foldIn = new FactorFoldIn(items.Array, _parameters.Factors, _settings, _parameters.Threads, _cancellationToken);
        RowWorkers.Run(_users.Schedule.ChunkCount, 1, _parameters.Threads, () => 0, (_, from, to) =>
        {
            for (var chunk = from; chunk < to; chunk++)
            {
                foreach (var user in _users.Schedule.Chunk(chunk))
                    foldIn.Solve(_interactions.RowColumns(user), _interactions.RowValues(user), share: 1f, users.WritableRow(user));
            }
        }, _cancellationToken);
        return new FactorModel(IalsTrainer.TrainerName, users, items, _settings, _popularity, _parameters.ToSettings());
    }

    /// <summary>A copy of the model between two passes, for a look: what comes after does not depend on whether anybody looked.</summary>
    public FactorModel Current() => new(
        IalsTrainer.TrainerName, _users.Factors.ToMatrix(), _items.Factors.ToMatrix(), _settings, _popularity, _parameters.ToSettings());

    private void HalfStep(IalsSide target, FactorTable source)
    {
        var axes = PrincipalAxes.Of(Gram.Of(source, _parameters.Threads, _cancellationToken), _parameters.Factors);
        Rotation.Apply(source, axes.Rotation, _parameters.Threads, _cancellationToken);
        Rotation.Apply(target.Factors, axes.Rotation, _parameters.Threads, _cancellationToken);
        var diagonal = Array.ConvertAll(axes.Values, v => _settings.UnobservedWeight * v);
        RowWorkers.Run(
            target.Schedule.ChunkCount, 1, _parameters.Threads, () => HalfStepWorker.Create(_parameters.Factors, _parameters.CgSteps), (worker, from, to) =>
            {
                for (var chunk = from; chunk < to; chunk++)
                {
                    foreach (var row in target.Schedule.Chunk(chunk)) Solve(worker, target, row, source, diagonal);
                }
            }, _cancellationToken);
        GC.KeepAlive(source);
    }

    private void Solve(HalfStepWorker worker, IalsSide target, int row, FactorTable source, double[] diagonal)
    {
        var count = target.Rows.RowLength(row);
        var destination = target.Factors.Row(row);
        if (count == 0)
        {
            destination.Clear();
            return;
        }

        target.Rows.Read(row, worker.Columns(count), worker.Confidences(count));
        var share = target.ShareOf(row);
        var ridge = _settings.Ridge(count, share, source.RowCount);
        fixed (float* factors = destination)
        {
            var exact = _parameters.Solver == IalsSolver.Exact || (_parameters.Solver == IalsSolver.Auto && worker.SolvesCheaply(count));
            if (exact) worker.Solve(source.Pointer, source.Stride, count, diagonal, share, ridge, factors);
            else worker.Improve(source.Pointer, source.Stride, count, diagonal, share, ridge, factors);
        }
    }

    private float[] UnobservedShares()
    {
        var (sum, known) = (0.0, 0);
        foreach (var p in _popularity)
        {
            if (p == 0) continue;
            sum += Math.Pow(p, _parameters.PopularityExponent);
            known++;
        }

        return Array.ConvertAll(_popularity, p => p > 0 ? (float)(Math.Pow(p, _parameters.PopularityExponent) * known / sum) : 1f);
    }

    // Random vectors for the items that occur; zeros for the others, which nothing could ever move.
    private void Randomize()
    {
        var deviation = _parameters.InitStddev / Math.Sqrt(_parameters.Factors);
        for (var item = 0; item < _popularity.Length; item++)
        {
            if (_popularity[item] == 0) continue;
            var random = new Randomness((ulong)_parameters.Seed, (ulong)item);
            foreach (ref var factor in _items.Factors.Row(item)) factor = (float)(deviation * random.NextNormal());
        }
    }
}
