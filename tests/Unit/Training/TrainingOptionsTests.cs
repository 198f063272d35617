using Microsoft.Extensions.Configuration;
using Recommender.Hosting.Configuration;
using Recommender.Modeling.Weights;
using Recommender.Training;

namespace Recommender.Tests.Unit.Training;

public sealed class TrainingOptionsTests
{
    private static TrainingOptions Bind(params (string Key, string Value)[] settings) => OptionsBinding.Bind<TrainingOptions>(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build());

    private static string Refused(string key, string value) => Assert.Throws<OptionsException>(() => Bind((key, value))).Message;

    [Fact]
    public void The_defaults_are_valid() => Assert.Equal(TimeSpan.FromHours(1), Bind().Interval);

    [Fact]
    public void Parameters_and_weights_come_from_the_configuration()
    {
        var options = Bind(("Training:Parameters:ials:factors", "32"), ("Training:Weights:Like", "7.5"), ("Training:Interval", "0"), ("Training:Candidates", "ials, popularity"));
        Assert.Equal("32", options.ParametersOf("ials")["factors"]);
        Assert.Empty(options.ParametersOf("popularity"));
        Assert.Equal(new InteractionWeights { Like = 7.5 }, options.Weights);
        Assert.Equal(TimeSpan.Zero, options.Interval);
        Assert.Equal(["ials", "popularity"], options.CandidateNames);
    }

    [Theory]
    [InlineData("Training:Interval", "00:00:01")]
    [InlineData("Training:Weights:Like", "-1")]
    [InlineData("Training:Weights:Love", "1")]
    [InlineData("Training:Weights:Share", "much")]
    [InlineData("Training:Candidates", "magic")]
    [InlineData("Training:Candidates", ",")]
    [InlineData("Training:Parameters:ials:factors", "0")]
    [InlineData("Training:Parameters:ials:depth", "3")]
    [InlineData("Training:TestFraction", "0.9")]
    [InlineData("Training:TestFraction", "NaN")]
    [InlineData("Training:ListLength", "1001")]
    [InlineData("Training:KeepModels", "0")]
    [InlineData("Training:Speed", "fast")]
    public void A_wrong_setting_is_told_in_one_sentence_that_names_it(string key, string value)
    {
        var sentence = Refused(key, value);
        Assert.Contains(key[..key.LastIndexOf(':')], sentence, StringComparison.Ordinal);
        Assert.Contains(key[(key.LastIndexOf(':') + 1)..], sentence, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', sentence);
    }

    [Fact]
    public void Parameters_of_an_unknown_trainer_are_refused_with_the_trainers_there_are()
    {
        var sentence = Refused("Training:Parameters:magic:factors", "3");
        Assert.Contains("Training:Parameters:magic", sentence, StringComparison.Ordinal);
        Assert.Contains("graph_filter, ials, ", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_written_as_text_are_read_back_exactly()
    {
        var weights = new InteractionWeights { View = 0.1, WatchRatio = 1.0 / 3, MaxRepeats = 7, AssumedDurationSeconds = 12.5 };
        Assert.Equal(weights, new InteractionWeights().With(weights.ToSettings()));
        Assert.Equal(InteractionWeights.SettingKeys.Order(), weights.ToSettings().Keys.Order());
        Assert.Equal(typeof(InteractionWeights).GetProperties().Count(p => p.CanWrite), InteractionWeights.SettingKeys.Count);
    }
}
