using Recommender.Hosting.Artifacts;
using Recommender.Modeling.Weights;
using Recommender.Training;
using Recommender.Training.Judging;
using Recommender.Training.Running;

namespace Recommender.Tests.Unit.Training.Running;

public sealed class RunPlannerTests
{
    private readonly RunPlanner _planner = new(new TrainingOptions
    {
        Threads = 2,
        Parameters = new Dictionary<string, Dictionary<string, string>> { ["ials"] = new() { ["factors"] = "48", ["iterations"] = "7" } },
        Weights = new InteractionWeights { Like = 9 },
    });

    private RunPlanException Refused(string trainer, params (string Key, string Value)[] overrides) =>
        Assert.Throws<RunPlanException>(() => _planner.Plan(trainer, overrides.ToDictionary(o => o.Key, o => o.Value)));

    [Fact]
    public void Without_a_name_the_configured_candidates_are_compared() =>
        Assert.Equal(["popularity", "ials"], _planner.Plan("", new Dictionary<string, string>()).Select(r => r.Trainer));

    [Fact]
    public void The_callers_parameters_go_over_the_configured_ones_over_the_defaults()
    {
        var recipe = Assert.Single(_planner.Plan("ials", new Dictionary<string, string> { ["iterations"] = "3", ["weights.share"] = "2.5" }));
        Assert.Equal(("48", "3", "2"), (recipe.Parameters["factors"], recipe.Parameters["iterations"], recipe.Parameters["threads"]));
        Assert.Equal(new InteractionWeights { Like = 9, Share = 2.5 }, recipe.Weights);
        Assert.Equal(3, recipe.Iterations);
        Assert.Contains("regularization", recipe.Parameters.Keys);
    }

    [Fact]
    public void Each_candidate_takes_the_parameters_that_it_knows()
    {
        var plan = _planner.Plan("", new Dictionary<string, string> { ["factors"] = "16", ["half_life_days"] = "3" });
        Assert.Equal("3", plan[0].Parameters["half_life_days"]);
        Assert.Equal("16", plan[1].Parameters["factors"]);
        Assert.DoesNotContain("factors", plan[0].Parameters.Keys);
    }

    [Fact]
    public void An_unknown_trainer_is_refused_with_those_there_are()
    {
        var violation = Assert.Single(Refused("magic").Violations);
        Assert.Equal("trainer", violation.Field);
        Assert.Contains("graph_filter, ials, ", violation.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_wrong_parameter_is_named()
    {
        var violations = Refused("ials", ("factors", "many"), ("depth", "3"), ("weights.like", "-1"), ("weights.love", "1"), ("iterations", "5")).Violations;
        Assert.Equal(["parameters[depth]", "parameters[factors]", "parameters[weights.like]", "parameters[weights.love]"], violations.Select(v => v.Field));
        Assert.Contains("factors, ", violations[0].Description, StringComparison.Ordinal);
        Assert.Contains("weights.like", violations[0].Description, StringComparison.Ordinal);
        Assert.Contains("a whole number from 1 to 2048", violations[1].Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_of_another_trainer_is_unknown() =>
        Assert.Equal("parameters[factors]", Assert.Single(Refused("popularity", ("factors", "8")).Violations).Field);

    [Fact]
    public void A_recipe_can_be_repeated_from_the_model_it_made()
    {
        var recipe = _planner.Plan("ials", new Dictionary<string, string>())[0];
        var made = new ModelManifest
        {
            Version = "m",
            RunId = "r",
            Trainer = "ials",
            Parameters = new Dictionary<string, string>(recipe.Parameters) { ["regularization"] = "0.123" },
            RequestedParameters = recipe.Parameters,
            Weights = recipe.Weights.ToSettings(),
            DataVersion = "d",
            DataRanges = new Dictionary<string, string>(),
            CodeVersion = "c",
            Metrics = new Dictionary<string, double>(),
            CreatedAt = DateTimeOffset.UnixEpoch,
            Items = 1,
            Factors = 1,
            Files = [],
        };
        var unknown = new Dictionary<string, string> { ["gone"] = "1" };
        Assert.True(recipe.Makes(RunPlanner.Repeat(made)!));
        Assert.Equal("0.123", RunPlanner.Repeat(made with { RequestedParameters = null })!.Parameters["regularization"]);
        Assert.Null(RunPlanner.Repeat(made with { Trainer = "forgotten" }));
        Assert.Null(RunPlanner.Repeat(made with { RequestedParameters = unknown }));
        Assert.Null(RunPlanner.Repeat(made with { Weights = unknown }));
    }

    [Fact]
    public void Only_what_changes_the_model_makes_recipes_differ()
    {
        Recipe Plan(string key, string value) => _planner.Plan("ials", new Dictionary<string, string> { [key] = value })[0];
        Assert.True(Plan("threads", "1").Makes(Plan("threads", "4")));
        Assert.False(Plan("seed", "1").Makes(Plan("seed", "2")));
        Assert.False(Plan("weights.like", "1").Makes(Plan("weights.like", "2")));
        Assert.False(Plan("seed", "1").Makes(_planner.Default("popularity", new InteractionWeights())));
    }
}
