using Recommender.V1;

namespace Recommender.Tests.Integration.Serving;

internal static class Answers
{
    public static string[] Ids(this RecommendResponse response) => [.. response.Videos.Select(v => v.VideoId)];

    /// <summary>How many of the first videos belong to a taste, told by the first letter.</summary>
    public static int OfTaste(this RecommendResponse response, char taste) => response.Videos.Count(v => v.VideoId[0] == taste);
}
