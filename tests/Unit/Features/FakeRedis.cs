using Recommender.Features.Online;
using Recommender.Hosting.Online;

namespace Recommender.Tests.Unit.Features;

/// <summary>
/// What Redis keeps, in memory, with the ways in which it lets its clients down: it steps back to an earlier moment of its append-only file,
/// and its clients die between any two of their writes.
/// </summary>
internal sealed class FakeRedis
{
    private readonly List<Action> _undo = [];

    /// <summary>Strings and hash fields by key.</summary>
    public Dictionary<string, byte[]> Values { get; } = [];

    /// <summary>Sorted sets: score by key and member.</summary>
    public Dictionary<(string Key, string Member), double> Scores { get; } = [];

    /// <summary>Changes whenever writes may have been forgotten.</summary>
    public int Life { get; private set; }

    /// <summary>Writes so far that are not forgotten.</summary>
    public int Writes => _undo.Count;

    /// <summary>A process that uses it.</summary>
    public FakeStore Connect() => new(this);

    /// <summary>Restarts without the last writes.</summary>
    public void StepBack(int writes)
    {
        Life++;
        for (; writes > 0 && _undo.Count > 0; writes--)
        {
            _undo[^1]();
            _undo.RemoveAt(_undo.Count - 1);
        }
    }

    public void Set(string key, byte[] value) => Do(Values, key, value);

    public void Remove(string key)
    {
        if (!Values.Remove(key, out var old)) return;
        _undo.Add(() => Values[key] = old);
    }

    public void Score(string key, string member, double score)
    {
        if (!Scores.TryGetValue((key, member), out var old) || score > old) Do(Scores, (key, member), score);
    }

    private void Do<TKey, TValue>(Dictionary<TKey, TValue> place, TKey key, TValue value) where TKey : notnull
    {
        var existed = place.TryGetValue(key, out var old);
        place[key] = value;
        _undo.Add(() =>
        {
            if (existed) place[key] = old!;
            else place.Remove(key);
        });
    }
}

/// <summary>One process's view of <see cref="FakeRedis"/>.</summary>
internal sealed class FakeStore(FakeRedis redis) : IOnlineStore
{
    private int _life = -1;

    /// <summary>Single writes until the process dies; negative: never.</summary>
    public int WritesUntilDeath { get; set; } = -1;

    /// <summary>Comes before each command; lets others run in between.</summary>
    public Func<Task> Turn { get; set; } = () => Task.CompletedTask;

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await Turn();
        _life = redis.Life;
    }

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await Turn();
        if (_life != redis.Life) throw new StateLostException("the fake was restarted");
    }

    public Task<byte[][]> ReadViewersAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken) => ReadAsync(userIds, OnlineKeys.Viewer);

    public Task<byte[][]> ReadVideosAsync(IReadOnlyList<string> videoIds, int partition, CancellationToken cancellationToken) =>
        ReadAsync(videoIds, id => VideoField(id, partition));

    public async Task<CatalogEntry?[]> ReadCatalogAsync(IReadOnlyList<string> videoIds, CancellationToken cancellationToken)
    {
        var values = await ReadAsync(videoIds, OnlineKeys.Catalog);
        return Array.ConvertAll(values, v => v.Length == 0 ? (CatalogEntry?)null : CatalogEntry.Decode(v));
    }

    public async Task<byte[]> ReadMarksAsync(string key, CancellationToken cancellationToken) => (await ReadAsync([key], k => k))[0];

    public Task<byte[]?[]> WriteViewersAsync(IReadOnlyList<ValueWrite> writes, CancellationToken cancellationToken) => WriteAsync(writes, OnlineKeys.Viewer);

    public Task<byte[]?[]> WriteVideosAsync(IReadOnlyList<ValueWrite> writes, int partition, CancellationToken cancellationToken) =>
        WriteAsync(writes, id => VideoField(id, partition));

    public async Task RemoveViewerAsync(string userId, byte[] value, CancellationToken cancellationToken)
    {
        await Turn();
        if (redis.Values.GetValueOrDefault(OnlineKeys.Viewer(userId))?.AsSpan().SequenceEqual(value) == true) Apply(() => redis.Remove(OnlineKeys.Viewer(userId)));
    }

    public Task DeleteListsAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken) => Turn();

    public async Task<double> WriteTrendingAsync(string window, int partition, IReadOnlyList<TrendingScore> scores, CancellationToken cancellationToken)
    {
        await Turn();
        foreach (var (videoId, log2) in scores) Apply(() => redis.Score(OnlineKeys.Trending(window, partition), videoId, log2));
        return double.NegativeInfinity; // there is room for all
    }

    public async Task WriteCatalogAsync(IReadOnlyCollection<KeyValuePair<string, CatalogEntry>> entries, CancellationToken cancellationToken)
    {
        await Turn();
        foreach (var (videoId, entry) in entries) Apply(() => redis.Set(OnlineKeys.Catalog(videoId), entry.Encode()));
    }

    public async Task<byte[]?> WriteMarksAsync(string key, byte[] expected, byte[] value, CancellationToken cancellationToken)
    {
        await Turn();
        var current = redis.Values.GetValueOrDefault(key) ?? [];
        if (!current.AsSpan().SequenceEqual(expected)) return current;
        Apply(() => redis.Set(key, value));
        return null;
    }

    public static string VideoField(string videoId, int partition) => OnlineKeys.Video(videoId) + "/" + OnlineKeys.PartitionField(partition);

    private async Task<byte[][]> ReadAsync(IReadOnlyList<string> ids, Func<string, string> key)
    {
        await Turn();
        return [.. ids.Select(id => redis.Values.GetValueOrDefault(key(id)) ?? [])];
    }

    private async Task<byte[]?[]> WriteAsync(IReadOnlyList<ValueWrite> writes, Func<string, string> key)
    {
        var results = new byte[]?[writes.Count];
        for (var i = 0; i < results.Length; i++)
        {
            await Turn();
            var write = writes[i];
            var current = redis.Values.GetValueOrDefault(key(write.Id)) ?? [];
            if (ViewerState.VersionOf(current) != write.Expected) results[i] = current;
            else Apply(() => redis.Set(key(write.Id), write.Value));
        }
        return results;
    }

    private void Apply(Action write)
    {
        if (_life != redis.Life) throw new StateLostException("the fake was restarted");
        if (WritesUntilDeath-- == 0) throw new ProcessDiedException();
        write();
    }
}

/// <summary>The process that used the store is no more.</summary>
internal sealed class ProcessDiedException : Exception;
