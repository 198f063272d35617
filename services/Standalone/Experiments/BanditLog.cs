using System.Globalization;
using System.IO.Compression;
using Recommender.Modeling.Evaluation.OffPolicy;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Experiments;

/// <summary>
/// A log of choices as comma-separated values with a header, perhaps gzipped. The columns <c>item_id</c>, <c>position</c>, <c>click</c> and
/// <c>propensity_score</c> are read (the layout of the Open Bandit Dataset); others are ignored.
/// </summary>
internal static class BanditLog
{
    private static readonly string[] s_columns = ["item_id", "position", "click", "propensity_score"];

    /// <summary>Reads the choices; a context is a position.</summary>
    /// <exception cref="CommandFailure">The file is absent or no such log.</exception>
    public static List<LoggedChoice> Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
            using var reader = new StreamReader(stream);
            var header = (reader.ReadLine() ?? "").Split(',');
            var at = Array.ConvertAll(s_columns, name => Array.IndexOf(header, name));
            if (Array.IndexOf(at, -1) is >= 0 and var absent) throw new CommandFailure($"{path} has no column {s_columns[absent]}.");
            var choices = new List<LoggedChoice>();
            for (var line = 2; reader.ReadLine() is { } text; line++)
            {
                if (text.Length == 0) continue;
                var cells = text.Split(',');
                if (cells.Length < header.Length
                    || !int.TryParse(cells[at[0]], NumberStyles.None, CultureInfo.InvariantCulture, out var item)
                    || !int.TryParse(cells[at[1]], NumberStyles.None, CultureInfo.InvariantCulture, out var position)
                    || !double.TryParse(cells[at[2]], NumberStyles.Float, CultureInfo.InvariantCulture, out var click)
                    || !double.TryParse(cells[at[3]], NumberStyles.Float, CultureInfo.InvariantCulture, out var propensity)
                    || !(propensity > 0 && propensity <= 1))
                    throw new CommandFailure($"Line {line} of {path} is no choice with a propensity above 0 and at most 1.");
                choices.Add(new LoggedChoice(position, item, click, propensity));
            }
            return choices.Count > 1 ? choices : throw new CommandFailure($"{path} has too few choices.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CommandFailure($"{path} can't be read: {e.Message}", cause: e);
        }
    }

    /// <summary>How often a policy chose each item at each position, by its log: its probabilities, averaged over the time of the log.</summary>
    /// <param name="choices">The policy's log.</param>
    /// <param name="contexts">Number of positions.</param>
    /// <param name="actions">Number of items.</param>
    public static double[][] Frequencies(IReadOnlyList<LoggedChoice> choices, int contexts, int actions)
    {
        var policy = new double[contexts][];
        for (var context = 0; context < contexts; context++) policy[context] = new double[actions];
        foreach (var choice in choices) policy[choice.Context][choice.Action]++;
        foreach (var row in policy)
        {
            var sum = row.Sum();
            for (var action = 0; action < actions; action++) row[action] = sum > 0 ? row[action] / sum : 1.0 / actions;
        }
        return policy;
    }
}
