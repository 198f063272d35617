using Recommender.Hosting.Online;

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
    /// <param name="write">Writes; for each that lost the result has the bytes that are there.</param>
    /// <param name="again">Applies what is missing to the value that was there.</param>
    /// <returns>How many writes were lost to another writer.</returns>
    /// <exception cref="UnreadableValueException">What is there instead can't be read.</exception>
    /// <exception cref="StateLostException">A value is older than it was when it was read.</exception>
    public static async Task<int> WriteAsync<TState>(
        IEnumerable<TrackedValue<TState>> values, Func<IReadOnlyList<ValueWrite>, Task<byte[]?[]>> write, Action<TrackedValue<TState>> again)
        where TState : class, IVersionedState<TState>
    {
        var pending = values.Where(v => v.IsChanged).ToList();
        var conflicts = 0;
        for (var round = 0; pending.Count > 0; round++)
        {
            if (round == MaxRounds) throw new StateLostException("a value changes faster than it can be read");
            var current = await write(pending.ConvertAll(v => v.ToWrite()));
            var lost = new List<TrackedValue<TState>>();
            for (var i = 0; i < current.Length; i++)
            {
                var value = pending[i];
                if (current[i] is not { } bytes)
                {
                    value.Written();
                    continue;
                }
                conflicts++;
                var known = value.StoredVersion;
                value.Take(bytes);
                if (value.StoredVersion < known) throw new StateLostException("a value is older than it was");
                again(value);
                if (value.IsChanged) lost.Add(value);
            }
            pending = lost;
        }
        return conflicts;
    }
}
