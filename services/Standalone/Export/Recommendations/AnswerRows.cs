using System.Globalization;
using System.Text;
using System.Text.Json;
using Recommender.V1;

namespace Recommender.Standalone.Export.Recommendations;

/// <summary>Answers as lines of a file.</summary>
internal static class AnswerRows
{
    private const string CsvHeader = "user_id,position,video_id,score,source,model_version\n";
    private static readonly System.Buffers.SearchValues<char> s_quoted = System.Buffers.SearchValues.Create(",\"\r\n");

    /// <summary>What a file begins with.</summary>
    public static string Header(string format) => format == "csv" ? CsvHeader : "";

    /// <summary>The lines of one viewer.</summary>
    public static string Lines(string format, string userId, RecommendResponse answer) => format == "csv" ? Csv(userId, answer) : Json(userId, answer);

    private static string Json(string userId, RecommendResponse answer)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("user_id", userId);
            writer.WriteStartArray("videos");
            foreach (var video in answer.Videos)
            {
                writer.WriteStartObject();
                writer.WriteString("video_id", video.VideoId);
                writer.WriteNumber("score", video.Score);
                writer.WriteString("source", NameOf(video.Source));
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteString("tier", answer.Tier);
            writer.WriteString("degradation", JsonNamingPolicy.SnakeCaseLower.ConvertName(answer.Degradation.ToString()));
            writer.WriteString("model_version", answer.ModelVersion);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }

    private static string Csv(string userId, RecommendResponse answer)
    {
        var text = new StringBuilder();
        for (var position = 0; position < answer.Videos.Count; position++)
        {
            var video = answer.Videos[position];
            text.Append(CultureInfo.InvariantCulture, $"{Field(userId)},{position},{Field(video.VideoId)},{video.Score:R},{NameOf(video.Source)},{Field(answer.ModelVersion)}\n");
        }
        return text.ToString();
    }

    private static string NameOf(Source source) => source.ToString().ToLowerInvariant();

    /// <summary>A field as RFC 4180 has it.</summary>
    private static string Field(string text) =>
        text.AsSpan().ContainsAny(s_quoted) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
