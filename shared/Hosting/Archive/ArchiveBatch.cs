namespace Recommender.Hosting.Archive;

/// <summary>Consecutive offsets of one partition with the files that hold their records, one for each day. Complete: all files are there.</summary>
/// <param name="Log">Short name of the log that the offsets count in.</param>
/// <param name="Type">Record type.</param>
/// <param name="Partition">Kafka partition.</param>
/// <param name="From">First offset.</param>
/// <param name="To">Last offset, inclusive.</param>
/// <param name="Files">The files, in the order of their index.</param>
public sealed record ArchiveBatch(string Log, string Type, int Partition, long From, long To, IReadOnlyList<ArchiveFile> Files);
