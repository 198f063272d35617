using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recommender.Tests.Benchmarks.Reporting;

/// <summary>Writes what was measured as one JSON object.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static void Write(FileInfo file, object report)
    {
        file.Directory?.Create();
        File.WriteAllText(file.FullName, JsonSerializer.Serialize(report, s_options));
    }
}
