namespace Recommender.Tests.Unit.Hosting;

public sealed class CollectorTests
{
    [Fact]
    public void Its_threads_are_bound_to_no_processor() => Assert.Equal(true, GC.GetConfigurationVariables()["NoAffinitize"]);
}
