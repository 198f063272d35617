using Recommender.Hosting.Artifacts;

namespace Recommender.Tests.Unit.Hosting;

public sealed class LiveHistoryTests
{
    /// <summary>Each word is a version that was promoted, or with a minus one that a rollback led to.</summary>
    private static IReadOnlyList<string> Before(string history)
    {
        var changes = history.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(w => new LiveChange(w.TrimStart('-'), w.StartsWith('-') ? "rolled_back" : "promoted", DateTimeOffset.UnixEpoch, "")).ToArray();
        return LiveHistory.Before(new LiveModel { Version = changes.Length == 0 ? "" : changes[^1].Version, History = changes });
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "")]
    [InlineData("a b", "a")]
    [InlineData("a b c", "b a")]
    [InlineData("a b c -b", "a")]
    [InlineData("a b c -b -a", "")]
    [InlineData("a b c -b d", "b a")]
    [InlineData("a b a", "b a")]
    [InlineData("a b a -b", "a")]
    [InlineData("a gone a -a", "")]
    public void A_rollback_leads_to_what_was_live_before_and_again_further_back(string history, string expected) =>
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), Before(history));
}
