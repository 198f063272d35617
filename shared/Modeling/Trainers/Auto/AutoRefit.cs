namespace Recommender.Modeling.Trainers.Auto;

/// <summary>What the winner of a search is trained on at last.</summary>
internal enum AutoRefit
{
    /// <summary>The training data, with a slice that was held out of it; a validation file only chooses, as in published tables.</summary>
    Train,

    /// <summary>The training data and the validation data.</summary>
    All,
}
