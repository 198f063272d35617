using Recommender.V1;

namespace Recommender.Ingestion.Events;

/// <summary>Lets through what the operator has allowed of an event's free-form context: what nobody asked for may be personal data.</summary>
internal sealed class ContextFilter(IngestionOptions options, IngestionMetrics metrics)
{
    private const string Everything = "*";
    private readonly HashSet<string> _allowed = [.. options.ContextKeys.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    /// <summary>Removes the entries whose keys are not on the list.</summary>
    public void Apply(Event e)
    {
        if (e.Context.Count == 0 || _allowed.Contains(Everything)) return;
        List<string>? dropped = null;
        foreach (var key in e.Context.Keys)
            if (!_allowed.Contains(key)) (dropped ??= []).Add(key);
        if (dropped is null) return;
        foreach (var key in dropped) e.Context.Remove(key);
        metrics.ContextDropped(dropped.Count);
    }
}
