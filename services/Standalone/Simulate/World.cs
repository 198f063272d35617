using System.Globalization;

namespace Recommender.Standalone.Simulate;

/// <summary>Viewers and videos of the simulated world. They follow from the settings alone.</summary>
internal sealed class World
{
    private const double BackgroundTaste = 0.04;
    private const double ZipfExponent = 0.9;
    private const double ZipfShift = 8; // keeps the first few from taking all

    private World(AudienceSettings settings, IReadOnlyList<SimulatedViewer> viewers, IReadOnlyList<SimulatedVideo> videos) =>
        (Settings, Viewers, Videos) = (settings, viewers, videos);

    /// <summary>What it was made from.</summary>
    public AudienceSettings Settings { get; }

    /// <summary>The viewers.</summary>
    public IReadOnlyList<SimulatedViewer> Viewers { get; }

    /// <summary>The videos.</summary>
    public IReadOnlyList<SimulatedVideo> Videos { get; }

    /// <summary>Viewers who come neither rarely nor all the time, of different tastes. Of the others some never come at all.</summary>
    public IEnumerable<SimulatedViewer> Regulars => Viewers.Where(v => v.Activity is > 1 and < 2).DistinctBy(v => v.Favourites.First());

    /// <summary>Makes the world.</summary>
    public static World Create(AudienceSettings settings)
    {
        var random = new Random(settings.Seed);
        // The ids of the usual world are short; others say which one they belong to.
        var prefix = settings.Seed == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"s{settings.Seed}-");
        var viewers = Enumerable.Range(1, settings.Viewers).Select(i => CreateViewer(prefix, i, random)).ToArray();
        return new World(settings, viewers, CreateVideos(settings, prefix, random));
    }

    private static SimulatedViewer CreateViewer(string prefix, int number, Random random)
    {
        var taste = new double[Theme.All.Count];
        Array.Fill(taste, BackgroundTaste);
        taste[random.Next(taste.Length)] = 1;
        for (var more = random.Next(1, 3); more > 0; more--)
        {
            var theme = random.Next(taste.Length);
            taste[theme] = Math.Max(taste[theme], 0.4 + 0.5 * random.NextDouble());
        }
        return new SimulatedViewer(string.Create(CultureInfo.InvariantCulture, $"{prefix}viewer-{number:0000}"), taste, LogNormal(random, 0.7));
    }

    private static SimulatedVideo[] CreateVideos(AudienceSettings settings, string prefix, Random random)
    {
        var ranks = Enumerable.Range(0, settings.Videos).ToArray();
        random.Shuffle(ranks);
        var authors = Math.Max(1, settings.Videos / 8);
        var videos = new SimulatedVideo[settings.Videos];
        for (var i = 0; i < videos.Length; i++)
        {
            var author = random.Next(authors);
            // An author keeps to one theme, mostly.
            var main = random.NextDouble() < 0.85 ? author % Theme.All.Count : random.Next(Theme.All.Count);
            var other = random.Next(Theme.All.Count);
            IReadOnlyList<int> themes = random.NextDouble() < 0.3 && other != main ? [main, other] : [main];
            var title = Pick(Theme.All[main].Subjects, random) + Pick(Theme.Endings, random);
            var isNew = random.NextDouble() < 0.3 && settings.Days > 1;
            videos[i] = new SimulatedVideo(
                string.Create(CultureInfo.InvariantCulture, $"{prefix}video-{i + 1:0000}"), string.Create(CultureInfo.InvariantCulture, $"{prefix}author-{author + 1:000}"),
                title, themes, TimeSpan.FromSeconds(Math.Round(Math.Clamp(20 * LogNormal(random, 0.6), 5, 180), 1)),
                1 / Math.Pow(ranks[i] + ZipfShift, ZipfExponent), 0.5 + random.NextDouble(), isNew ? random.Next(1, settings.Days) : 0);
        }
        return videos;
    }

    private static double LogNormal(Random random, double sigma)
    {
        // Box and Muller's transform: two uniform numbers make a normal one.
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return Math.Exp(sigma * normal);
    }

    private static string Pick(IReadOnlyList<string> texts, Random random) => texts[random.Next(texts.Count)];
}
