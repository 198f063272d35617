using System.Text.Json.Serialization;

namespace Recommender.Standalone.Import;

/// <summary>How far the import of one file into one system has got.</summary>
/// <param name="File">Full name of the file, for people; its content decides.</param>
/// <param name="Line">Every event up to this line is acknowledged.</param>
/// <param name="Completed">The whole file is.</param>
/// <param name="SampleUserId">A viewer with an acknowledged event: a system that doesn't know them is not the one that was imported into.</param>
/// <param name="SavedAt">When this was noted, UTC.</param>
internal sealed record ImportCheckpoint(string File, long Line, bool Completed, string SampleUserId, DateTimeOffset SavedAt);

/// <summary>The JSON form of checkpoints.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ImportCheckpoint))]
internal sealed partial class ImportCheckpointJson : JsonSerializerContext;
