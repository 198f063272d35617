using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers.Ials;

/// <summary>
/// A training run of <see cref="IalsTrainer"/>, pass by pass. A row that has hardly moved is left after fewer steps. A run that begins with an earlier
/// model solves its viewers well, moves those items whose equations are far from solved, and then solves again the viewers of what moved.
/// One thread at a time calls it.
/// </summary>
internal sealed unsafe class IalsRun
{
    // What is roughly left of the error in a pass, which the next one takes on.
    private const float PassTolerance = 5e-3f;

    // Of a viewer in a run that began with an earlier model, whose vector may be the final one; and the steps that it takes from nothing.
    private static readonly RowEffort s_viewer = new(Steps: 12, Tolerance: 1e-3f);
    private const int StepsFromNothing = 4;

    // An item of an earlier model that is nearer than this stays. Ten runs of one percent each end at ndcg@20 0.1346 so on gowalla, and at 0.1342 with 0.1:
    // a cold run ends before items fit the past as well as they can.
    private const float ItemLeave = 0.3f;

    // Where less than this share of the items moved, and no item weighs more in any direction, the gram matrix is as good as the same: viewers of none of them
    // stay as well.
    private const double FewMoved = 0.005;

    private readonly InteractionMatrix _interactions;
    private readonly IalsParameters _parameters;
    private readonly bool _continues;
    private readonly FoldInSettings _settings;
    private readonly float[] _popularity;
    private readonly IalsSide _users;
    private readonly IalsSide _items;
    private readonly CancellationToken _cancellationToken;
    private readonly bool[] _moved;
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
        _moved = new bool[_popularity.Length];
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

    /// <summary>Solves the viewers against the items; in a run that began with an earlier model those whose items moved since they were solved last.</summary>
    public void SolveUsers()
    {
        if (!_continues) HalfStep(_users, _items.Factors, new RowEffort(_parameters.CgSteps, PassTolerance));
        else if (!_users.IsFilled) HalfStep(_users, _items.Factors, s_viewer with { UsualSteps = StepsFromNothing });
        else if (_moved.Contains(true)) HalfStep(_users, _items.Factors, s_viewer, ViewersToSolve());
        Array.Clear(_moved);
    }

    /// <summary>Solves every item against the viewers; in a run that began with an earlier model those that are far from solved.</summary>
    public void SolveItems() =>
        HalfStep(_items, _users.Factors, new RowEffort(_parameters.CgSteps, PassTolerance) { Leave = _continues ? ItemLeave : PassTolerance });

    /// <summary>
    /// A copy of the model as it stands, in the axes of its start. Each viewer's vector is what folding the history in gives, bit for bit; after
    /// a run that began with an earlier model, up to a hundredth.
    /// </summary>
    public FactorModel Finish()
    {
        if (_continues) SolveUsers();
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

    // Null: all.
    private bool[]? ViewersToSolve()
    {
        if (Math.Max(_moved.Count(m => m), _parameters.Factors) > FewMoved * _moved.Length) return null;
        var worker = HalfStepWorker.Create(_parameters.Factors, s_viewer);
        var wanted = new bool[_users.Factors.RowCount];
        for (var item = 0; item < _moved.Length; item++)
        {
            if (!_moved[item]) continue;
            var count = _items.Rows.RowLength(item);
            var viewers = worker.Columns(count);
            _items.Rows.Read(item, viewers, worker.Confidences(count));
            foreach (var viewer in viewers) wanted[viewer] = true;
        }

        return wanted;
    }

    private void HalfStep(IalsSide target, FactorTable source, RowEffort effort, bool[]? wanted = null)
    {
        var axes = PrincipalAxes.Of(Gram.Of(source, _parameters.Threads, _cancellationToken), _parameters.Factors);
        Rotate(source, axes.Rotation);
        if (target.IsFilled) Rotate(target.Factors, axes.Rotation);
        target.IsFilled = true;
        Rotate(_axes, axes.Rotation);
        var diagonal = Array.ConvertAll(axes.Values, v => _settings.UnobservedWeight * v);
        RowWorkers.Run(
            target.Schedule.ChunkCount, 1, _parameters.Threads, () => HalfStepWorker.Create(_parameters.Factors, effort), (worker, from, to) =>
            {
                for (var chunk = from; chunk < to; chunk++)
                {
                    foreach (var row in target.Schedule.Chunk(chunk))
                    {
                        if (wanted is null || wanted[row]) Solve(worker, target, row, source, diagonal);
                    }
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
        // Whether a known item moves is found out by the first step of the gradient alone.
        var isKnown = _continues && target == _items && destination.ContainsAnyExcept(0f);
        var exact = _parameters.Solver == IalsSolver.Exact || (_parameters.Solver == IalsSolver.Auto && !isKnown && worker.SolvesCheaply(count));
        var moved = true;
        fixed (float* factors = destination)
        {
            if (exact) worker.Solve(source.Pointer, source.Stride, count, diagonal, share, ridge, factors);
            else moved = worker.Improve(source.Pointer, source.Stride, count, diagonal, share, ridge, factors);
        }

        if (target == _items) _moved[row] = moved;
    }
}
