using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Train;

/// <summary>Settings as people type them: <c>KEY=VALUE</c>.</summary>
internal static class KeyValues
{
    /// <summary>Reads them.</summary>
    /// <exception cref="CommandFailure">One is no such pair, or a key is given twice.</exception>
    public static Dictionary<string, string> Parse(IEnumerable<string> texts)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw CommandFailure.Usage($"--set takes KEY=VALUE, not '{text}'.");
            if (!settings.TryAdd(text[..equals], text[(equals + 1)..])) throw CommandFailure.Usage($"--set gives '{text[..equals]}' twice.");
        }
        return settings;
    }
}
