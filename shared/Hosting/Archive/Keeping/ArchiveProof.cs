namespace Recommender.Hosting.Archive.Keeping;

/// <summary>What an archive holds, read file by file, and what is wrong with it.</summary>
/// <param name="Chains">Partition by partition.</param>
/// <param name="Problems">A sentence each; none: everything that is archived is there, once and undamaged.</param>
/// <param name="Undescribed">Files that no manifest describes yet.</param>
public sealed record ArchiveProof(IReadOnlyList<ProvenChain> Chains, IReadOnlyList<string> Problems, int Undescribed);

/// <summary>What is archived of one partition.</summary>
/// <param name="Log">Short name of the log.</param>
/// <param name="Type">Record type.</param>
/// <param name="Partition">Kafka partition.</param>
/// <param name="From">First archived offset.</param>
/// <param name="To">Last archived offset.</param>
/// <param name="Rows">Rows; fewer than offsets where records were rejected, forgotten, dropped by age, or are no more in a compacted topic.</param>
/// <param name="Files">Files.</param>
public sealed record ProvenChain(string Log, string Type, int Partition, long From, long To, long Rows, int Files);
