using Recommender.Hosting.Online;

namespace Recommender.Features.Online;

/// <summary>Writes values by compare-and-set.</summary>
internal static class ConditionalWriter
{
    // What is encoded and under way at a time.
    private const int ValuesAtOnce = 512;

    /// <summary>Writes the values that wait for it, and notes that they are stored.</summary>
    /// <param name="values">The values.</param>
    /// <param name="write">Writes; for each that lost the result has the bytes that are there.</param>
    /// <exception cref="LostWriteException">Others have changed some of them since they were read. Those before are written.</exception>
    /// <exception cref="StateLostException">A value is older than it was when it was read.</exception>
    public static async Task WriteAsync<TState>(HotValues<TState> values, Func<IReadOnlyList<ValueWrite>, Task<byte[]?[]>> write)
        where TState : class, IVersionedState<TState>
    {
        if (values.ChangedCount == 0) return;
        var writes = new List<ValueWrite>(Math.Min(values.ChangedCount, ValuesAtOnce));
        foreach (var (id, state) in values.Changed)
        {
            var expected = state.Version++;
            writes.Add(new ValueWrite(id, expected, state.Encode()));
            if (writes.Count == ValuesAtOnce) await WriteAsync(writes, write);
        }
        await WriteAsync(writes, write);
        values.Written();
    }

    private static async Task WriteAsync(List<ValueWrite> writes, Func<IReadOnlyList<ValueWrite>, Task<byte[]?[]>> write)
    {
        if (writes.Count == 0) return;
        var current = await write(writes);
        var lost = 0;
        for (var i = 0; i < current.Length; i++)
        {
            if (current[i] is not { } bytes) continue;
            lost++;
            // What is too short to have a version is damaged, which shows when it is read again.
            if (bytes.Length is 0 or >= ViewerState.VersionBytes && ViewerState.VersionOf(bytes) < writes[i].Expected) throw new StateLostException("a value is older than it was");
        }
        if (lost > 0) throw new LostWriteException(lost);
        writes.Clear();
    }
}
