using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Features.Archiving;
using Recommender.Features.Online;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;

namespace Recommender.Features.Consuming;

/// <summary>The partitions that this process owns, and where each stands.</summary>
internal sealed class Assignment
{
    private readonly Dictionary<(string Topic, int Partition), PartitionLog> _logs = [];
    private readonly List<StoredMarks> _marks = [];

    /// <summary>Opens partitions; the archive says where it ends, the online state is asked later.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="identity">Names the logs.</param>
    /// <param name="archive">The archive.</param>
    /// <param name="hotBytes">About how much memory the states absorbed lately may take, of all partitions together.</param>
    public Assignment(IReadOnlyCollection<TopicPartition> partitions, LogIdentity identity, EventArchive archive, long hotBytes)
    {
        Identity = identity;
        var archived = archive.Load();
        var groups = partitions.GroupBy(p => MarksKey(p.Topic, p.Partition.Value)).ToList();
        foreach (var group in groups)
        {
            var marks = group.Key is null ? null : new StoredMarks(group.Key, group.First().Partition.Value, hotBytes / groups.Count);
            if (marks is not null) _marks.Add(marks);
            foreach (var (topic, partition) in group.Select(p => (p.Topic, p.Partition.Value)))
            {
                var name = ArchiveFile.LogNameOf(identity.Of(topic));
                var type = ArchiveFile.TypeOf(topic);
                var end = archive.Open(name, type, partition, archived.NextOffset(name, type, partition) ?? 0);
                _logs.Add((topic, partition), new PartitionLog(topic, partition, StableHash.Of(identity.Of(topic)), marks, end));
            }
        }
    }

    /// <summary>Names the logs.</summary>
    public LogIdentity Identity { get; }

    /// <summary>The partitions.</summary>
    public IReadOnlyCollection<PartitionLog> Logs => _logs.Values;

    /// <summary>Room for batches of the partitions' records, which is used by turns; see <see cref="BatchAbsorber.Begin(Assignment)"/>.</summary>
    public Queue<RecordBatch> Batches { get; } = new(2);

    /// <summary>The partitions of which something is absorbed that is not settled; see <see cref="BatchAbsorber.SettleAsync"/>.</summary>
    public IEnumerable<StoredMarks> Unsettled => _marks.Where(m => m.IsUnsettled);

    /// <summary>Videos whose trending scores wait for being settled.</summary>
    public int UnsettledVideos => _marks.Sum(m => m.Trending.Count);

    /// <summary>The log of a record; null when its partition belongs to somebody else.</summary>
    public PartitionLog? Find(RecordPosition position) => _logs.GetValueOrDefault((position.Topic, position.Partition));

    /// <summary>Asks the online state how far it has absorbed each partition, and rewinds them to where state or archive need them; but for those that are stuck.</summary>
    /// <exception cref="UnreadableValueException">Some watermarks are damaged; their partitions are stuck from now on.</exception>
    public async Task RewindAsync(IOnlineStore store, CancellationToken cancellationToken)
    {
        await Task.WhenAll(_marks.Where(m => !m.IsStuck).Select(m => m.ReadAsync(store, cancellationToken)));
        foreach (var log in Logs)
            if (log.Marks is not { IsStuck: true }) log.Rewind();
    }

    /// <summary>Lets partitions that are stuck be tried again; whether there are any.</summary>
    public bool ReleaseStuck()
    {
        var isAny = _marks.Any(m => m.IsStuck);
        foreach (var marks in _marks) marks.Release();
        return isAny;
    }

    /// <summary>Forgets what is not settled; it must be read again.</summary>
    public void DropUnsettled()
    {
        foreach (var marks in _marks) marks.Drop();
    }

    /// <summary>
    /// Halts logs that end before what was absorbed of them, although they have the same names. Either one lost its end (an
    /// unclean election of a leader), or it is another one without a name of its own. To go on at its end would lose events in the second
    /// case, to begin again would count them twice in the first, so neither is done: the operator decides, by giving the log a new
    /// name (<c>Kafka:LogIdentity</c>) if it is a new one. A halt heals by itself when the end turns out to be further.
    /// </summary>
    /// <param name="ends">The offset behind the last record of each partition.</param>
    /// <returns>The logs that are too short.</returns>
    public IReadOnlyList<PartitionLog> CheckEnds(IReadOnlyDictionary<(string Topic, int Partition), long> ends)
    {
        foreach (var log in Logs) log.IsShort = ends.TryGetValue((log.Topic, log.Partition), out var end) && end < log.Absorbed;
        return [.. Logs.Where(l => l.IsShort)];
    }

    /// <summary>Where to read each partition from; halted ones are left out.</summary>
    public IEnumerable<TopicPartitionOffset> Positions =>
        Logs.Where(l => !l.IsHalted).Select(l => new TopicPartitionOffset(l.Topic, l.Partition, l.ReadNext));

    /// <summary>The topics of viewer events share one watermark value per partition, since one process owns partition N of all of them.</summary>
    private static string? MarksKey(string topic, int partition) => topic switch
    {
        Topics.Catalog => OnlineKeys.CatalogPartition(partition),
        _ when topic == Topics.Erasure || Topics.Events.Contains(topic) => OnlineKeys.Partition(partition),
        _ => null,
    };
}
