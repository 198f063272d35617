using System.Text;
using System.Text.Json;
using Recommender.Contracts;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Kafka;

namespace Recommender.Standalone.Run;

/// <summary>The newest archived row of a video.</summary>
/// <param name="VideoId">The video.</param>
/// <param name="Json">Its entry; null when it was deleted.</param>
/// <param name="Age">When it was recorded, and in which log.</param>
internal sealed record CatalogRow(string VideoId, byte[]? Json, CatalogRowAge Age)
{
    private static readonly CloudEvents s_cloudEvents = new("/recommender/standalone");

    /// <summary>The record that says the same again. A video without a date of publication counts from its record's time, so that stays.</summary>
    public KafkaRecord ToRecord()
    {
        var at = Age.RecordedAt;
        var headers = s_cloudEvents.Headers(Topics.Catalog, Guid.NewGuid().ToString(), CloudEvents.Time(Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(at)));
        headers.Add(CloudEventHeaders.Restored, "1"u8.ToArray());
        return new KafkaRecord(Topics.Catalog, Encoding.UTF8.GetBytes(VideoId), Json, headers, at);
    }
}

/// <summary>Reads the catalog back from the archive.</summary>
internal static class CatalogRows
{
    private const string Type = "catalog";

    /// <summary>The newest row of every video.</summary>
    public static async Task<IReadOnlyCollection<CatalogRow>> ReadNewestAsync(ArchiveCatalog archive, CancellationToken cancellationToken)
    {
        var newest = new Dictionary<string, CatalogRow>(StringComparer.Ordinal);
        foreach (var file in archive.FilesByLog(Type))
            await ArchiveRows.ReadAsync(archive.Root, file, row => Take(newest, row, ArchivedCatalogRow.AgeOf(row, file)), cancellationToken);
        return newest.Values;
    }

    private static void Take(Dictionary<string, CatalogRow> newest, ReadOnlySpan<byte> row, CatalogRowAge age)
    {
        var (id, isDeleted) = Read(row);
        if (id is null || (newest.TryGetValue(id, out var known) && !known.Age.GivesWayTo(age))) return;
        newest[id] = new CatalogRow(id, isDeleted ? null : ArchivedCatalogRow.JsonOf(row), age);
    }

    private static (string? VideoId, bool IsDeleted) Read(ReadOnlySpan<byte> row)
    {
        string? id = null;
        var isDeleted = false;
        var reader = new Utf8JsonReader(row);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isId, isDeletion) = (reader.ValueTextEquals("video_id"u8), reader.ValueTextEquals("deleted"u8));
            reader.Read();
            if (isId) id = reader.GetString();
            else if (isDeletion) isDeleted = reader.TokenType == JsonTokenType.True;
            else reader.Skip();
        }
        return (id, isDeleted);
    }
}
