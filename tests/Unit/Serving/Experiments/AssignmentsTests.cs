using Microsoft.Extensions.Configuration;
using Recommender.Hosting.Configuration;
using Recommender.Modeling.Evaluation.Experiments;
using Recommender.Serving;
using Recommender.Serving.Experiments;

namespace Recommender.Tests.Unit.Serving.Experiments;

public class AssignmentsTests
{
    private static Assignments Create(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
        return new Assignments(OptionsBinding.Bind<ExperimentOptions>(configuration), OptionsBinding.Bind<ServingOptions>(configuration), configuration);
    }

    private static readonly (string, string)[] s_two =
    [
        ("Serving:AuthorCap", "7"),
        ("Experiments:Layers:order:Arms:diverse:Share", "0.25"),
        ("Experiments:Layers:order:Arms:diverse:Overrides:Diversity", "0.3"),
        ("Experiments:Layers:order:Arms:flat:Share", "0.25"),
        ("Experiments:Layers:order:Arms:flat:Overrides:Diversity", "0"),
        ("Experiments:Layers:fresh:Arms:more:Share", "0.5"),
        ("Experiments:Layers:fresh:Arms:more:Overrides:FreshShare", "0.2"),
        ("Experiments:Layers:fresh:Arms:more:Overrides:Sources:similar:Quota", "9"),
    ];

    [Fact]
    public void Arms_have_their_shares_and_layers_are_independent()
    {
        var assignments = Create(s_two);
        const int Viewers = 40_000;
        var counts = Enumerable.Range(0, Viewers).CountBy(i => assignments.Of($"viewer{i}").Name).ToDictionary();
        Assert.Equal(6, counts.Count);
        string[] names = [.. counts.Keys.Order()];
        Assert.Equal(["fresh=control,order=control", "fresh=control,order=diverse", "fresh=control,order=flat", "fresh=more,order=control", "fresh=more,order=diverse", "fresh=more,order=flat"], names);
        double[] shares = [0.25, 0.125, 0.125, 0.25, 0.125, 0.125];
        Assert.True(SampleRatio.ProbabilityOf([.. names.Select(name => (long)counts[name])], shares) > SampleRatio.Alarm);
    }

    [Fact]
    public void An_assignment_depends_on_the_viewer_and_the_salt_alone()
    {
        var (first, again) = (Create(s_two), Create([.. s_two.Reverse()]));
        var salted = Create([.. s_two, ("Experiments:Layers:order:Salt", "2")]);
        string[] viewers = [.. Enumerable.Range(0, 500).Select(i => $"viewer{i}")];
        Assert.Equal(viewers.Select(v => first.Of(v).Name), viewers.Select(v => again.Of(v).Name));
        Assert.NotEqual(viewers.Select(v => first.Of(v).Name), viewers.Select(v => salted.Of(v).Name));
        // The other layer is not dealt anew.
        Assert.Equal(viewers.Select(v => first.Of(v).Name.Split(',')[0]), viewers.Select(v => salted.Of(v).Name.Split(',')[0]));
    }

    [Fact]
    public void An_arm_overrides_what_it_names_and_nothing_else()
    {
        var combinations = Create(s_two).Combinations.ToDictionary(a => a.Name, a => a.Options);
        var both = combinations["fresh=more,order=diverse"];
        Assert.Equal((0.3, 0.2, 7, 9), (both.Diversity, both.FreshShare, both.AuthorCap, both.Sources["similar"].Quota));
        Assert.Equal((0.1, 0.05, 7), (combinations["fresh=control,order=control"].Diversity, combinations["fresh=control,order=control"].FreshShare, combinations["fresh=control,order=control"].AuthorCap));
        Assert.Equal(0, combinations["fresh=control,order=flat"].Diversity);
    }

    [Fact]
    public void Without_layers_everybody_has_the_usual_settings_and_no_arm()
    {
        var assignment = Create(("Serving:AuthorCap", "7")).Of("anyone");
        Assert.Equal(("", 7), (assignment.Name, assignment.Options.AuthorCap));
    }

    [Theory]
    [InlineData("Experiments:Layers:order:Arms:x:Share", "1.5", "Experiments:Layers:order:Arms:x:Share is 1.5")]
    [InlineData("Experiments:Layers:order:Arms:diverse:Overrides:Diversity", "2", "for fresh=control,order=diverse: Serving:Diversity is 2")]
    [InlineData("Experiments:Layers:order:Arms:diverse:Overrides:Divrsity", "2", "Divrsity can't differ between viewers")]
    [InlineData("Experiments:Layers:order:Arms:diverse:Overrides:ReadTimeout", "00:00:01", "ReadTimeout can't differ between viewers")]
    [InlineData("Experiments:Layers:order:Arms:x:Share", "0.7", "add up to at most 1")]
    [InlineData("Experiments:Layers:fresh:Arms:more:Overrides:Diversity", "0.2", "must not disturb one another")]
    [InlineData("Experiments:Layers:order:Arms:diverse:Overides:Diversity", "0.2", "Experiments:Layers:order:Arms:diverse:Overides is not a setting")]
    [InlineData("Experiments:Layers:order:Arms:x:Share", "half", "Experiments:Layers:order:Arms:x:Share is 'half'; it must be a number.")]
    [InlineData("Serving:Sources:similar:Timeout", "soon", "Serving:Sources:similar:Timeout is 'soon'; it must be a time span")]
    [InlineData("Serving:Sources:similar:Qouta", "2", "Serving:Sources:similar:Qouta is not a setting")]
    [InlineData("Experiments:Layers:order:Arms:control:Share", "0.1", "and not control")]
    [InlineData("Experiments:Layers:a=b:Arms:x:Share", "0.1", "names of layers")]
    public void What_makes_no_sense_stops_the_start_with_a_sentence(string key, string value, string told)
    {
        var settings = s_two.Where(s => s.Item1 != key).Append((key, value)).ToArray();
        Assert.Contains(told, Assert.Throws<OptionsException>(() => Create(settings)).Message, StringComparison.Ordinal);
    }
}
