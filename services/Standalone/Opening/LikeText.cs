using System.Globalization;
using System.Text;
using Recommender.Standalone.Calls;
using Recommender.Standalone.Simulate;
using Recommender.V1;

namespace Recommender.Standalone.Opening;

/// <summary>A viewer's recommendations before and after, side by side.</summary>
internal static class LikeText
{
    private const int Column = 50;

    /// <summary>A heading, a line per place, and how often the theme comes up.</summary>
    public static string Format(
        SimulatedViewer viewer, string theme, IReadOnlyList<SimulatedVideo> liked, IReadOnlyList<string> before, IReadOnlyList<string> after,
        IReadOnlyDictionary<string, Video> catalog, int lines)
    {
        var tastes = string.Join(" and ", viewer.Favourites.Take(2).Select(t => Theme.All[t].Tag));
        var who = tastes.Length > 0 ? $"{viewer.Id}, whose hidden taste is {tastes}," : $"{viewer.Id}, never seen before,";
        var text = new StringBuilder().AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"{who} likes {liked.Count} videos about {theme}:")
            .AppendLine(CultureInfo.InvariantCulture, $"     {"recommended before",-Column}  after");
        for (var i = 0; i < lines; i++)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {i + 1}. {At(before, i),-Column}  {At(after, i)}");
        return text.AppendLine(CultureInfo.InvariantCulture, $"     {theme} among the first {before.Count}: {Count(before)} before, {Count(after)} after").ToString();

        string At(IReadOnlyList<string> videos, int place)
        {
            if (place >= videos.Count) return "";
            var name = catalog.TryGetValue(videos[place], out var video) ? RecommendationText.Describe(video) : videos[place];
            return name.Length <= Column ? name : name[..(Column - 3)] + "...";
        }

        int Count(IReadOnlyList<string> videos) => videos.Count(v => catalog.TryGetValue(v, out var video) && video.Tags.Contains(theme));
    }
}
