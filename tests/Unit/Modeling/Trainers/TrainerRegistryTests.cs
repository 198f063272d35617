using Recommender.Modeling.Trainers;

namespace Recommender.Tests.Unit.Modeling.Trainers;

public sealed class TrainerRegistryTests
{
    [Fact]
    public void Every_trainer_is_found_by_its_name()
    {
        string[] names = ["blend", "bpr", "ease", "graph_filter", "ials", "item_knn", "popularity", "transitions"];
        Assert.Subset(TrainerRegistry.Names.ToHashSet(), names.ToHashSet());
        foreach (var name in TrainerRegistry.Names) Assert.Equal(name, TrainerRegistry.Create(name).Name);
    }

    [Theory]
    [InlineData("popularity", "factors=3", "The trainer 'popularity' has no parameter 'factors'; it has half_life_days, half_life_steps.")]
    [InlineData("ials", "factors=0", "The parameter 'factors' of the trainer 'ials' is '0' but must be a whole number from 1 to 2048.")]
    [InlineData("ials", "factors=2049", "The parameter 'factors' of the trainer 'ials' is '2049' but must be a whole number from 1 to 2048.")]
    [InlineData("ials", "factors=1.5", "The parameter 'factors' of the trainer 'ials' is '1.5' but must be a whole number from 1 to 2048.")]
    [InlineData("ials", "alpha=NaN", "The parameter 'alpha' of the trainer 'ials' is 'NaN' but must be a number from 1E-06 to 1000000.")]
    [InlineData("ials", "alpha=1,5", "The parameter 'alpha' of the trainer 'ials' is '1,5' but must be a number from 1E-06 to 1000000.")]
    [InlineData("ials", "regularization=", "The parameter 'regularization' of the trainer 'ials' is '' but must be a number from 1E-09 to 1000000, or auto.")]
    [InlineData("ials", "confidence=odd", "The parameter 'confidence' of the trainer 'ials' is 'odd' but must be linear or log.")]
    public void What_is_wrong_is_said_in_one_sentence(string trainer, string setting, string sentence)
    {
        var parts = setting.Split('=');
        var error = Assert.Throws<ParameterException>(() => TrainerRegistry.Create(trainer, new Dictionary<string, string> { [parts[0]] = parts[1] }));
        Assert.Equal(sentence, error.Message);
    }

    [Fact]
    public void An_unknown_trainer_is_told_with_those_that_there_are()
    {
        var error = Assert.Throws<ParameterException>(() => TrainerRegistry.Create("nope"));
        Assert.StartsWith("There is no trainer 'nope'; the trainers are blend, bpr, ease, graph_filter, ials, ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_read_back_as_they_were_written()
    {
        var settings = new Dictionary<string, string>
        {
            ["factors"] = "7", ["iterations"] = "2", ["warm_iterations"] = "3", ["regularization"] = "0.25", ["regularization_exponent"] = "0.5", ["unobserved_weight"] = "auto",
            ["popularity_exponent"] = "0", ["alpha"] = "3", ["confidence"] = "log", ["solver"] = "cg", ["cg_steps"] = "5", ["init_stddev"] = "0.2", ["seed"] = "9", ["threads"] = "2",
            ["negatives"] = "off", ["negative_weight"] = "0.5",
        };
        var parameters = TrainerRegistry.Create("ials", settings).Parameters;
        Assert.Equal(settings.OrderBy(p => p.Key), parameters.OrderBy(p => p.Key));
    }

    [Fact]
    public void Every_parameter_is_described_and_its_default_is_allowed()
    {
        foreach (var name in TrainerRegistry.Names)
        {
            var described = TrainerRegistry.Describe(name);
            Assert.All(described, p => Assert.False(string.IsNullOrWhiteSpace(p.Meaning) || string.IsNullOrWhiteSpace(p.Allowed)));
            var defaults = TrainerRegistry.Create(name, described.ToDictionary(p => p.Key, p => p.Default));
            Assert.Equal(defaults.Parameters, TrainerRegistry.Create(name).Parameters);
        }
    }
}
