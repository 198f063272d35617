namespace Recommender.Hosting.Artifacts;

/// <summary>Reads the history of what was live as a way back.</summary>
public static class LiveHistory
{
    /// <summary>
    /// The versions that were live before the current one, nearest first. A promotion puts a version on top; a rollback takes away what was
    /// above the version that it led to, so that a rollback after a rollback goes further back.
    /// </summary>
    public static IReadOnlyList<string> Before(LiveModel live)
    {
        ArgumentNullException.ThrowIfNull(live);
        var stack = new List<string>();
        foreach (var change in live.History)
        {
            var at = change.Action == "promoted" || stack.Count < 2 ? -1 : stack.LastIndexOf(change.Version, stack.Count - 2);
            if (at >= 0) stack.RemoveRange(at + 1, stack.Count - at - 1);
            else stack.Add(change.Version);
        }
        stack.Reverse();
        return [.. stack.Skip(1)];
    }
}
