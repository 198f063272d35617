using Recommender.V1;

namespace Recommender.Contracts.Json;

/// <summary>
/// The JSON form of a request for recommendations, as the request topic carries it: one object, snake_case names as in
/// <c>RecommendRequest</c>, absent fields left out, and <c>request_id</c> beside them.
/// </summary>
public static class RequestJson
{
    /// <summary>Parses one JSON object. Unknown fields are ignored, so that fields can be added.</summary>
    /// <param name="utf8">The object.</param>
    /// <param name="requestId">Its <c>request_id</c>; empty when absent.</param>
    /// <param name="wrong">Receives the fields that hold something else than they should, and what they should hold; they count as absent.</param>
    /// <exception cref="FormatException">It is no JSON object.</exception>
    public static RecommendRequest Parse(ReadOnlySpan<byte> utf8, out string requestId, ICollection<(string Field, string Problem)> wrong)
    {
        requestId = "";
        var request = new RecommendRequest();
        var reader = new JsonFieldReader(utf8);
        while (reader.NextField(out var name))
        {
            try
            {
                if (name == "request_id") requestId = reader.Text();
                else ReadField(ref reader, name, request);
            }
            catch (FormatException e)
            {
                if (!reader.TryLeaveField(e)) throw;
                wrong.Add((name, e.Message[(name.Length + 1)..]));
            }
        }
        return request;
    }

    private static void ReadField(ref JsonFieldReader reader, string name, RecommendRequest request)
    {
        switch (name)
        {
            case "user_id": request.UserId = reader.Text(); break;
            case "count": request.Count = reader.Int32(); break;
            case "surface": request.Surface = reader.Text(); break;
            case "exclude_video_ids": reader.List(request.ExcludeVideoIds); break;
            case "recent_video_ids": reader.List(request.RecentVideoIds); break;
            case "context": reader.Map(request.Context); break;
            case "include_seen": request.IncludeSeen = reader.Boolean(); break;
            case "explain": request.Explain = reader.Boolean(); break;
            case "followed_author_ids": reader.List(request.FollowedAuthorIds); break;
            case "muted_author_ids": reader.List(request.MutedAuthorIds); break;
            case "preview": request.Preview = reader.Boolean(); break;
            default: reader.Skip(); break;
        }
    }
}
