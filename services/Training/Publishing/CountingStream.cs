using Recommender.Training.Dataset;

namespace Recommender.Training.Publishing;

/// <summary>Counts what is written to it and keeps nothing.</summary>
internal sealed class CountingStream : WriteOnlyStream
{
    /// <inheritdoc/>
    protected override void Take(ReadOnlySpan<byte> buffer)
    {
    }
}
