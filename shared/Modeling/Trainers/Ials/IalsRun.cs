using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers.Ials;

/// <summary>
/// A training run of <see cref="IalsTrainer"/>, pass by pass. A row that has hardly moved is left after fewer steps; in a run that begins with an earlier
/// model that is nearly every item, and the final viewers go on from those of the last pass. One thread at a time calls it.
/// </summary>
internal sealed unsafe class IalsRun
{
    // What is roughly left of the error: in a pass, which the next one takes on; and of a viewer's final factors in a run that began with an
    // earlier model.
    private const float PassTolerance = 5e-3f;
    private const int MostFinalSteps = 12;
    private const float FinalTolerance = 1e-3f;

    private readonly InteractionMatrix _interactions;
    private readonly IalsParameters _parameters;
    private readonly bool _continues;
    private readonly FoldInSettings _settings;
    private readonly float[] _popularity;
    private readonly IalsSide _users;
    private readonly IalsSide _items;
    private readonly CancellationToken _cancellationToken;
    private FactorTable _axes;

    /// <param name="data">Checked.</param>
    /// <param name="parameters">With a number for every parameter.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    public IalsRun(TrainingData data, IalsParameters parameters, CancellationToken cancellationToken)
    {
        (_interactions, _parameters, _settings, _cancellationToken) = (data.Interactions, parameters, parameters.FoldIn, cancellationToken);
        _continues = data.WarmStart is not null;
        _users = new IalsSide(InteractionRows.Of(_interactions, _settings), parameters.Factors, shares: null);
        var columns = new TransposedRows(_interactions, _settings, parameters.Threads, cancellationToken);
        _popularity = new float[_interactions.ColumnCount];
        for (var item = 0; item < _popularity.Length; item++) _popularity[item] = columns.RowLength(item);
        _items = new IalsSide(columns, parameters.Factors, IalsStart.UnobservedShares(parameters, _popularity));
        if (data.WarmStart is { } start) IalsStart.Continue(parameters, _popularity, start.ItemFactors, _items.Factors.Row);
        else IalsStart.Randomize(parameters, _popularity, _items.Factors.Row);
        _items.IsFilled = true;
        _axes = FirstAxes();
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
    public void SolveUsers() => HalfStep(_users, _items.Factors, _parameters.CgSteps, PassTolerance);

    /// <summary>Solves every item against the viewers.</summary>
    public void SolveItems() => HalfStep(_items, _users.Factors, _parameters.CgSteps, PassTolerance);

    /// <summary>
    /// A copy of the model as it stands, in the axes of its start. Each viewer's vector is what folding the history in gives, bit for bit; after
    /// a run that began with an earlier model, up to a thousandth.
    /// </summary>
    public FactorModel Finish()
    {
        if (_continues) HalfStep(_users, _items.Factors, MostFinalSteps, FinalTolerance);
        ReturnToFirstAxes();
        if (_continues) return Current();
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

    // Row i is where the run's rotations have brought the i-th axis of its start.
    private FactorTable FirstAxes()
    {
        var axes = new FactorTable(_parameters.Factors, _parameters.Factors);
        for (var i = 0; i < _parameters.Factors; i++) axes.Row(i)[i] = 1f;
        return axes;
    }

    private void ReturnToFirstAxes()
    {
        var back = new AlignedBuffer(_axes.Stride * _axes.Stride);
        for (var i = 0; i < _axes.Factors; i++)
        {
            for (var j = 0; j < _axes.Factors; j++) back.Pointer[(j * _axes.Stride) + i] = _axes.Row(i)[j];
        }

        Rotate(_users.Factors, back);
        Rotate(_items.Factors, back);
        _axes = FirstAxes();
    }

    private void Rotate(FactorTable table, AlignedBuffer rotation) => Rotation.Apply(table, rotation, _parameters.Threads, _cancellationToken);

    private void HalfStep(IalsSide target, FactorTable source, int steps, float tolerance)
    {
        var axes = PrincipalAxes.Of(Gram.Of(source, _parameters.Threads, _cancellationToken), _parameters.Factors);
        Rotate(source, axes.Rotation);
        if (target.IsFilled) Rotate(target.Factors, axes.Rotation);
        target.IsFilled = true;
        Rotate(_axes, axes.Rotation);
        var diagonal = Array.ConvertAll(axes.Values, v => _settings.UnobservedWeight * v);
        RowWorkers.Run(
            target.Schedule.ChunkCount, 1, _parameters.Threads, () => HalfStepWorker.Create(_parameters.Factors, steps, tolerance), (worker, from, to) =>
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
}
