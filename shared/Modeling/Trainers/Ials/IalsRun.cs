using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers.Ials;

/// <summary>A training run of <see cref="IalsTrainer"/>, pass by pass. One thread at a time calls it.</summary>
internal sealed class IalsRun
{
    private readonly IalsParameters _parameters;
    private readonly IalsSolver _solver;
    private readonly InteractionMatrix _byUser;
    private readonly InteractionMatrix _byItem;
    private readonly float[] _popularity;
    private readonly float[] _shares;
    private readonly FactorMatrix _users;
    private readonly FactorMatrix _items;

    /// <param name="data">Checked.</param>
    /// <param name="parameters">With a number for every parameter.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    public IalsRun(TrainingData data, IalsParameters parameters, CancellationToken cancellationToken)
    {
        _parameters = parameters;
        _solver = new IalsSolver(parameters, cancellationToken);
        _byUser = data.Interactions;
        _byItem = _byUser.Transpose();
        _popularity = Array.ConvertAll(_byUser.ColumnLengths(), n => (float)n);
        _shares = _solver.UnobservedShares(_popularity);
        _users = new FactorMatrix(_byUser.RowCount, parameters.Factors);
        _items = _solver.RandomFactors(_byItem);
    }

    /// <summary>One pass: every viewer, then every item.</summary>
    public void Iterate()
    {
        _solver.UserStep(_byUser, _items, _users);
        _solver.ItemStep(_byItem, _users, _items, _shares);
    }

    /// <summary>
    /// The model as it stands, which shares its factors with the run. The viewers' vectors are solved anew for the items', so that folding a
    /// history in gives the same vector.
    /// </summary>
    public FactorModel Finish()
    {
        _solver.UserStep(_byUser, _items, _users);
        return Current();
    }

    /// <summary>The model between two passes, for a look: what comes after does not depend on whether anybody looked.</summary>
    public FactorModel Current() => new(IalsTrainer.TrainerName, _users, _items, _parameters.FoldIn, _popularity, _parameters.ToSettings());
}
