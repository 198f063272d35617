namespace Recommender.Modeling.Trainers.Auto;

/// <summary>Keeps the trials of a search, so that an interrupted one goes on where it was.</summary>
public interface ITrialJournal
{
    /// <summary>The trials that are kept of the search with this fingerprint, in order; empty for a new one.</summary>
    /// <param name="fingerprint">Names the data and what was asked for.</param>
    IReadOnlyList<TrialRecord> Open(string fingerprint);

    /// <summary>Keeps one more; durable when it returns.</summary>
    void Add(TrialRecord trial);
}
