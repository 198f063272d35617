namespace Recommender.Features.Online;

/// <summary>
/// Somebody else has written values since they were read: an owner that was thought dead, or the one after us. What is in memory is not what is stored, so the
/// partition is to be read again from its watermarks; each value knows what it has of that. Whoever loses a write loses it to one that took effect, so that
/// no number of writers keep one another from getting on.
/// </summary>
/// <param name="count">Writes that were lost.</param>
internal sealed class LostWriteException(int count) : Exception("somebody else has changed what was read")
{
    /// <summary>Writes that were lost.</summary>
    public int Count { get; } = count;
}
