using Google.Protobuf.WellKnownTypes;
using Recommender.V1;

namespace Recommender.Standalone.Simulate;

/// <summary>A video of the simulated world.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AuthorId">Who made it.</param>
/// <param name="Title">Its title.</param>
/// <param name="Themes">Indices of its one or two themes, the main one first.</param>
/// <param name="Duration">Its length.</param>
/// <param name="Popularity">How often it is found without looking for it, relative to others.</param>
/// <param name="Quality">0.5 (dull) to 1.5 (great): scales likes and shares.</param>
/// <param name="ArrivalDay">Day of the period on which it is published; 0 when it was there before.</param>
internal sealed record SimulatedVideo(
    string Id, string AuthorId, string Title, IReadOnlyList<int> Themes, TimeSpan Duration, double Popularity, double Quality, int ArrivalDay)
{
    /// <summary>The catalog entry.</summary>
    public Video ToCatalog(DateTimeOffset publishedAt)
    {
        var video = new Video
        {
            VideoId = Id,
            AuthorId = AuthorId,
            Title = Title,
            Duration = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(Duration),
            PublishedAt = Timestamp.FromDateTimeOffset(publishedAt),
            Language = "en",
        };
        video.Tags.Add(Themes.Select(t => Theme.All[t].Tag));
        return video;
    }
}
