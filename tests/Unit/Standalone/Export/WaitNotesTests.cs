using Recommender.Standalone.Export.Recommendations;
using Recommender.Tests.Unit.Features;

namespace Recommender.Tests.Unit.Standalone.Export;

public sealed class WaitNotesTests
{
    [Fact]
    public void Requests_that_wait_together_are_told_of_once()
    {
        var clock = new ManualClock();
        var said = new List<string>();
        var notes = new WaitNotes(clock, said.Add);
        for (var i = 0; i < 100; i++) notes.Note(TimeSpan.FromSeconds(0.1));
        Assert.Contains("--concurrency", Assert.Single(said), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(11));
        notes.Note(TimeSpan.FromSeconds(2));
        Assert.EndsWith("2 s", said[1], StringComparison.Ordinal);
    }
}
