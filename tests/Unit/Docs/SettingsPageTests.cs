using Recommender.Hosting.Configuration;

namespace Recommender.Tests.Unit.Docs;

public class SettingsPageTests
{
    [Fact]
    public void A_service_knows_every_section_that_an_options_record_has() => Assert.Equal(SettingsPage.Sections(), SettingSections.Names);

    [Fact]
    public void The_page_of_settings_is_what_the_options_say()
    {
        if (Environment.GetEnvironmentVariable("RECOMMENDER_UPDATE_DOCS") == "1") File.WriteAllText(SettingsPage.Path, SettingsPage.Make());
        Assert.True(
            SettingsPage.Make() == File.ReadAllText(SettingsPage.Path),
            "docs/configuration.md is out of date; run: RECOMMENDER_UPDATE_DOCS=1 build/test --filter SettingsPage Unit");
    }
}
