using System.Globalization;
using System.IO.Compression;
using System.Text;
using Microsoft.VisualBasic.FileIO;
using Recommender.Modeling.Evaluation.OffPolicy;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Experiments;

/// <summary>
/// Logs of choices as comma-separated values with a header, perhaps gzipped: the layout of the Open Bandit Dataset (<c>item_id</c>, <c>position</c>,
/// <c>propensity_score</c>), or what <c>archive dataset</c> writes (<c>video_id</c>, <c>position</c>, <c>propensity</c>). Other columns are ignored. Of the
/// latter only what exploration drew is a choice: what is certain, with propensity 1, says nothing of another policy. Logs read by one instance number
/// items and positions alike; ids are any text.
/// </summary>
/// <param name="reward">Column of what a choice earned.</param>
internal sealed class BanditLog(string reward)
{
    /// <summary>A policy has a probability for each position and item; more than this would fill the memory.</summary>
    private const int MostProbabilities = 50_000_000;

    private readonly Dictionary<string, int> _items = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _positions = new(StringComparer.Ordinal);

    /// <summary>Reads the choices; a context is a position.</summary>
    /// <exception cref="CommandFailure">The file is absent or no such log.</exception>
    public List<LoggedChoice> Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
            using var table = new TextFieldParser(stream, Encoding.UTF8) { Delimiters = [","], TrimWhiteSpace = false };
            var columns = Columns.Of(table.ReadFields() ?? [], reward, path);
            var choices = new List<LoggedChoice>();
            while (!table.EndOfData)
            {
                var line = table.LineNumber;
                if (ChoiceOf(table.ReadFields()!, columns) is not { } choice)
                    throw new CommandFailure($"Line {line} of {path} is no choice with a finite {reward} and a {columns.PropensityName} above 0 and at most 1.");
                if (!columns.IsDataset || choice.Propensity < 1) choices.Add(choice);
            }
            if (choices.Count < 2) throw new CommandFailure($"{path} has too few choices{(columns.IsDataset ? " by exploration" : "")}.");
            if ((long)_items.Count * _positions.Count > MostProbabilities)
                throw new CommandFailure($"{path} has {_items.Count:N0} items at {_positions.Count:N0} positions; a policy can have {MostProbabilities:N0} probabilities.");
            return choices;
        }
        catch (MalformedLineException e)
        {
            throw new CommandFailure($"Line {e.LineNumber} of {path} is no comma-separated line.", cause: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CommandFailure($"{path} can't be read: {e.Message}", cause: e);
        }
    }

    /// <summary>How often a policy chose each item at each position, by its log: its probabilities, averaged over the time of the log.</summary>
    /// <param name="choices">The policy's log; empty: it chooses each of the items that were read as often as any other.</param>
    public double[][] Frequencies(IReadOnlyList<LoggedChoice> choices)
    {
        var policy = new double[_positions.Count][];
        for (var context = 0; context < policy.Length; context++) policy[context] = new double[_items.Count];
        foreach (var choice in choices) policy[choice.Context][choice.Action]++;
        foreach (var row in policy)
        {
            var sum = row.Sum();
            for (var action = 0; action < row.Length; action++) row[action] = sum > 0 ? row[action] / sum : 1.0 / row.Length;
        }
        return policy;
    }

    private LoggedChoice? ChoiceOf(string[] cells, Columns at)
    {
        if (cells.Length < at.Count || cells[at.Item].Length == 0 || !TryNumber(cells[at.Reward], out var earned) || !double.IsFinite(earned)
            || !TryNumber(cells[at.Propensity], out var propensity) || !(propensity > 0 && propensity <= 1)
            || !int.TryParse(cells[at.Position], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return null;
        // A place that was certain needs no number: there are many of them, and they are no choices.
        if (at.IsDataset && !(propensity < 1)) return new LoggedChoice(0, 0, earned, propensity);
        return new LoggedChoice(NumberOf(_positions, cells[at.Position]), NumberOf(_items, cells[at.Item]), earned, propensity);
    }

    private static bool TryNumber(string text, out double number) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static int NumberOf(Dictionary<string, int> numbers, string text)
    {
        if (!numbers.TryGetValue(text, out var number)) numbers[text] = number = numbers.Count;
        return number;
    }

    private readonly record struct Columns(int Count, int Item, int Position, int Reward, int Propensity, bool IsDataset)
    {
        public string PropensityName => IsDataset ? "propensity" : "propensity_score";

        public static Columns Of(string[] header, string reward, string path)
        {
            var isDataset = !header.Contains("item_id") && header.Contains("video_id");
            var columns = new Columns(header.Length, 0, 0, 0, 0, isDataset);
            return columns with
            {
                Item = Find(isDataset ? "video_id" : "item_id", ""),
                Position = Find("position", ""),
                Reward = Find(reward, "; --reward names the column of what a choice earned"),
                Propensity = Find(columns.PropensityName, ""),
            };

            int Find(string name, string hint) => Array.IndexOf(header, name) is >= 0 and var at ? at : throw new CommandFailure($"{path} has no column {name}{hint}.");
        }
    }
}
