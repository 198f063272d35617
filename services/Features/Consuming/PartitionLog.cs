using Recommender.Contracts;
using Recommender.Features.Archiving;
using Recommender.Features.Online;
using Recommender.Hosting.Online;

namespace Recommender.Features.Consuming;

/// <summary>One partition of one topic while this process owns it: where its readers stand.</summary>
internal sealed class PartitionLog
{
    /// <summary>Takes over a partition.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="log">Hash of the identity of the topic's log.</param>
    /// <param name="marks">Where the online state keeps how far it has absorbed it; null for a topic that is archived only.</param>
    /// <param name="archive">The end of its archive.</param>
    public PartitionLog(string topic, int partition, ulong log, StoredMarks? marks, PartitionArchive archive)
    {
        Topic = topic;
        Partition = partition;
        Log = log;
        Marks = marks;
        Archive = archive;
        Number = marks is null ? (byte)0 : TopicNumbers.Of(topic);
        IsCatalog = topic == Topics.Catalog;
        IsErasure = topic == Topics.Erasure;
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>The partition.</summary>
    public int Partition { get; }

    /// <summary>Hash of the identity of the topic's log.</summary>
    public ulong Log { get; }

    /// <summary>Number of the topic in watermarks.</summary>
    public byte Number { get; }

    /// <summary>Whether records are catalog entries.</summary>
    public bool IsCatalog { get; }

    /// <summary>Whether records are viewers' wishes to be forgotten.</summary>
    public bool IsErasure { get; }

    /// <summary>How far the online state has absorbed it; null for a topic that is archived only.</summary>
    public StoredMarks? Marks { get; }

    /// <summary>The end of its archive.</summary>
    public PartitionArchive Archive { get; }

    /// <summary>The next offset that online state needs.</summary>
    public long StateNext { get; set; }

    /// <summary>Everything before this offset is in online state for good, trending and watermark included; see <see cref="BatchAbsorber.SettleAsync"/>.</summary>
    public long Settled { get; set; }

    /// <summary>The next offset that is to be read.</summary>
    public long ReadNext { get; set; }

    /// <summary>Whether the log ends before what was absorbed of it; see <see cref="Assignment.CheckEnds"/>.</summary>
    public bool IsShort { get; set; }

    /// <summary>Whether nothing of it is read for now: it is too short, or a value that its partition needs can't be read.</summary>
    public bool IsHalted => IsShort || Marks is { IsStuck: true };

    /// <summary>The first offset that somebody still needs.</summary>
    public long NeededFrom => Marks is null ? Archive.Next : Math.Min(StateNext, Archive.Next);

    /// <summary>The first offset that nobody has seen yet.</summary>
    public long Absorbed => Marks is null ? Archive.Next : Math.Max(StateNext, Archive.Next);

    /// <summary>Everything before this offset is in online state and in files.</summary>
    public long Finished => Marks is null ? Archive.Durable : Math.Min(Settled, Archive.Durable);

    /// <summary>Offers records from an offset on to online state again; each state knows which of them it has.</summary>
    public void SetBack(long offset)
    {
        StateNext = Settled = offset;
        ReadNext = Math.Min(ReadNext, offset);
    }

    /// <summary>Reads records again from where somebody needs them.</summary>
    public void Rewind()
    {
        StateNext = Settled = Marks?.Next(Log, Number) ?? long.MaxValue;
        ReadNext = NeededFrom;
    }
}
