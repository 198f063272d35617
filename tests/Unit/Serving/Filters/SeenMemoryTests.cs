using Recommender.Features.State;
using Recommender.Hosting.Online;
using Recommender.Serving.Filters;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Filters;

public class SeenMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void None_of_the_last_thousand_videos_counts_as_unseen(int eventsPerVideo)
    {
        var (state, limits) = (new ViewerState(), new ViewerLimits());
        const int Videos = 4000;
        var offset = 0L;
        for (var i = 0; i < Videos; i++)
        {
            for (var e = 0; e < eventsPerVideo; e++)
            {
                var type = e == 0 ? EventType.View : e == 1 ? EventType.Like : EventType.Share;
                var read = new FeatureEvent((ulong)++offset, type, "u", $"v{i}", offset * 1000, null, offset * 1000, new LogPosition(1, 0, 0, offset));
                Assert.Equal(Absorption.Effective, ViewerTransition.Absorb(state, read, 1, limits));
            }
        }
        // As it comes back from Redis.
        var query = Queries.Create(ViewerState.Decode(state.Encode()));
        for (var i = Videos - 1000; i < Videos; i++)
        {
            var candidate = Queries.Candidate($"v{i}");
            Assert.False(new SeenFilter().Keeps(query, ref candidate), $"v{i} was seen");
        }
        var other = Queries.Candidate("never");
        Assert.True(new SeenFilter().Keeps(query, ref other));
    }
}
