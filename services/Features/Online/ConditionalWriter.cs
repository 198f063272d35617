namespace Recommender.Features.Online;

/// <summary>Writes values by compare-and-set until each has taken effect, or nothing is left of it to write.</summary>
internal static class ConditionalWriter
{
    /// <summary>
    /// More rounds than two writers that take turns will ever need: only somebody who writes all the time without making progress, which
    /// no writer does.
    /// </summary>
    private const int MaxRounds = 32;

    /// <summary>Writes the changed values. Who loses takes the value that is there instead and changes that one.</summary>
    /// <param name="values">The values; those that are not changed are left out.</param>
    /// <param name="encode">The bytes of a changed value.</param>
    /// <param name="write">Writes; for each that lost the result has the bytes that are there.</param>
    /// <param name="again">Takes the bytes that are there and applies what is missing from them.</param>
    /// <returns>How many writes were lost to another writer.</returns>
    /// <exception cref="StateLostException">A value is older than it was when it was read.</exception>
    public static async Task<int> WriteAsync<TState>(
        IEnumerable<TrackedValue<TState>> values, Func<TrackedValue<TState>, byte[]> encode,
        Func<IReadOnlyList<ValueWrite>, Task<byte[]?[]>> write, Action<TrackedValue<TState>, byte[]> again) where TState : class
    {
        var pending = values.Where(v => v.IsChanged).ToList();
        var conflicts = 0;
        for (var round = 0; pending.Count > 0; round++)
        {
            if (round == MaxRounds) throw new StateLostException("a value changes faster than it can be read");
            var writes = pending.ConvertAll(v => new ValueWrite(v.Id, v.StoredVersion, encode(v)));
            var current = await write(writes);
            var lost = new List<TrackedValue<TState>>();
            for (var i = 0; i < current.Length; i++)
            {
                if (current[i] is not { } bytes) continue;
                conflicts++;
                var read = pending[i].StoredVersion;
                again(pending[i], bytes);
                if (pending[i].StoredVersion < read) throw new StateLostException("a value is older than it was");
                if (pending[i].IsChanged) lost.Add(pending[i]);
            }
            pending = lost;
        }
        return conflicts;
    }
}
