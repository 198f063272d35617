using System.Globalization;
using Google.Protobuf.Collections;
using Recommender.V1;

namespace Recommender.Serving.Catalog;

/// <summary>
/// Reads the traits of catalog videos. Besides language and tags these attributes are understood: <c>countries</c> and
/// <c>blocked_countries</c> (ISO 3166 codes, separated by commas) and <c>min_age</c> (years). Used by one thread.
/// </summary>
internal sealed class TraitReader
{
    /// <summary>Beyond as many different tags new ones are not told apart from no tag.</summary>
    private const int MaxTags = 100_000;

    private readonly Dictionary<string, int> _tags = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The traits of a video; a video without any shares <see cref="VideoTraits.None"/>.</summary>
    public VideoTraits Of(Video video)
    {
        var tags = video.Tags.Count == 0 ? [] : NumbersOf(video.Tags);
        var language = string.Intern(LanguageOf(video.Language));
        var countries = CountriesOf(video.Attributes, "countries");
        var notIn = CountriesOf(video.Attributes, "blocked_countries");
        var age = MinimumAgeOf(video.Attributes);
        return tags.Length == 0 && language.Length == 0 && countries.Length == 0 && notIn.Length == 0 && age == 0
            ? VideoTraits.None
            : new VideoTraits(tags, language, countries, notIn, age);
    }

    /// <summary>The language of a tag such as <c>en-US</c>: <c>en</c>.</summary>
    public static string LanguageOf(string tag)
    {
        var end = tag.AsSpan().IndexOfAny('-', '_');
        return (end < 0 ? tag : tag[..end]).Trim().ToLowerInvariant();
    }

    /// <summary>The age to be shown it. The door takes no age that can't be read, but is not the only one who writes: then nobody is old enough.</summary>
    private static int MinimumAgeOf(MapField<string, string> attributes)
    {
        if (!attributes.TryGetValue("min_age", out var text) || string.IsNullOrWhiteSpace(text)) return 0;
        return int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var years) ? years : int.MaxValue;
    }

    private int[] NumbersOf(RepeatedField<string> tags)
    {
        var numbers = new SortedSet<int>();
        foreach (var tag in tags)
        {
            if (_tags.TryGetValue(tag, out var number)) numbers.Add(number);
            else if (_tags.Count < MaxTags) numbers.Add(_tags[tag] = _tags.Count);
        }
        return [.. numbers];
    }

    private static string[] CountriesOf(MapField<string, string> attributes, string name) =>
        attributes.TryGetValue(name, out var text)
            ? [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(code => string.Intern(code.ToUpperInvariant()))]
            : [];
}
