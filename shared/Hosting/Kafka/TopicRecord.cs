using Confluent.Kafka;

namespace Recommender.Hosting.Kafka;

/// <summary>A record that was read.</summary>
/// <param name="Position">Where it is.</param>
/// <param name="Key">Its key; empty when it has none.</param>
/// <param name="Value">Its bytes, or <see langword="null"/> for a tombstone.</param>
/// <param name="Headers">Its headers, possibly empty.</param>
/// <param name="Timestamp">When it was written, or when the writer says that it happened.</param>
public readonly record struct TopicRecord(
    RecordPosition Position, byte[] Key, byte[]? Value, Headers Headers, DateTimeOffset Timestamp);
