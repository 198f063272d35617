using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Recommender.Hosting.Configuration;
using Recommender.Serving;
using Recommender.Serving.Pipeline;

namespace Recommender.Tests.Unit.Serving.Pipeline;

public class StageRegistrationTests
{
    private static readonly ServiceCollection s_services = Register();

    private static ServiceCollection Register()
    {
        var services = new ServiceCollection();
        services.AddStages(typeof(ServingSetup).Assembly);
        return services;
    }

    [Fact]
    public void Every_stage_of_the_assembly_is_found_by_itself()
    {
        var registered = s_services.Select(s => s.ServiceType).ToHashSet();
        Type[] kinds = [typeof(IQueryHydrator), typeof(ICandidateSource), typeof(ICandidateHydrator), typeof(ICandidateFilter), typeof(IScorer), typeof(ISelector), typeof(ISideEffect)];
        var stages = typeof(ServingSetup).Assembly.GetTypes().Where(t => t.IsClass && kinds.Any(k => k.IsAssignableFrom(t))).ToArray();
        Assert.True(stages.Length > 25);
        Assert.All(stages, stage => Assert.Contains(stage, registered));
        Assert.All(kinds, kind => Assert.Contains(kind, registered));
    }

    [Fact]
    public void Settings_of_single_sources_are_read_by_name()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Serving:Sources:Similar:Quota"] = "7",
            ["Serving:Sources:Similar:Timeout"] = "00:00:00.004",
            ["Serving:Sources:fresh:Enabled"] = "false",
        }).Build();
        var options = OptionsBinding.Bind<ServingOptions>(configuration);
        Assert.Equal(new SourceLimits(7, TimeSpan.FromMilliseconds(4)), SourceLimits.Memory(60).With(options.Sources["similar"]));
        Assert.False(options.Sources["fresh"].Enabled);
        Assert.Equal(SourceLimits.Memory(60), SourceLimits.Memory(60).With(options.Sources["fresh"]));
    }
}
