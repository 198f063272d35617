using Recommender.Serving;
using Recommender.Serving.Catalog;
using Recommender.Serving.Filters;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Viewers;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Filters;

public class AudienceFilterTests
{
    private readonly VideoCatalog _catalog = new(new ServingOptions());

    private async Task<bool> KeepsAsync(ICandidateFilter filter, Action<Video> video, Action<RecommendRequest> request)
    {
        var described = new Video { VideoId = "v", AuthorId = "ann" };
        video(described);
        var query = Queries.Create(request: request);
        await new AudienceHydrator(_catalog).HydrateAsync(query, TestContext.Current.CancellationToken);
        var candidate = Queries.Candidate("v");
        candidate.Video = new CatalogVideo("v", 0, described.AuthorId, 0, false) { Traits = _catalog.Traits.Of(described) };
        return filter.Keeps(query, ref candidate);
    }

    private static Action<RecommendRequest> Context(string key, string? value) =>
        r => r.Context.Add(value is null ? [] : new Dictionary<string, string> { [key] = value });

    [Theory]
    [InlineData("de", "de,en", true)]
    [InlineData("en-US", "de, EN-gb", true)]
    [InlineData("fr", "de,en", false)]
    [InlineData("", "de", true)]
    [InlineData("fr", null, true)]
    public async Task Only_languages_that_the_viewer_reads_are_shown(string language, string? reads, bool kept) =>
        Assert.Equal(kept, await KeepsAsync(new LanguageFilter(), v => v.Language = language, Context("language", reads)));

    [Theory]
    [InlineData("countries", "DE,AT", "de", true)]
    [InlineData("countries", "de , at", "CH", false)]
    [InlineData("countries", "DE", null, false)]
    [InlineData("blocked_countries", "US", "us", false)]
    [InlineData("blocked_countries", "US", "DE", true)]
    [InlineData("blocked_countries", "US", null, true)]
    public async Task What_is_not_for_a_country_is_not_shown_there(string attribute, string codes, string? country, bool kept) =>
        Assert.Equal(kept, await KeepsAsync(new CountryFilter(), v => v.Attributes[attribute] = codes, Context("country", country)));

    [Theory]
    [InlineData("16", "17", true)]
    [InlineData("16", "16", true)]
    [InlineData("16", "15", false)]
    [InlineData("16", null, false)]
    [InlineData(" 16 ", "16", true)]
    [InlineData("18+", "40", false)]
    [InlineData(" ", null, true)]
    [InlineData(null, null, true)]
    public async Task Who_is_too_young_or_says_no_age_sees_nothing_that_asks_for_one(string? minimum, string? age, bool kept) =>
        Assert.Equal(kept, await KeepsAsync(
            new AgeFilter(), v => v.Attributes.Add(minimum is null ? [] : new Dictionary<string, string> { ["min_age"] = minimum }), Context("age", age)));

    [Fact]
    public async Task Nothing_by_a_muted_author_is_shown()
    {
        Assert.False(await KeepsAsync(new MutedAuthorFilter(), v => v.Language = "de", r => r.MutedAuthorIds.Add("ann")));
        Assert.True(await KeepsAsync(new MutedAuthorFilter(), v => v.Language = "de", r => r.MutedAuthorIds.Add("bob")));
        Assert.True(await KeepsAsync(new MutedAuthorFilter(), v => v.AuthorId = "", r => r.MutedAuthorIds.Add("")));
    }
}
