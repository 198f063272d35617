using System.CommandLine;
using System.Globalization;

namespace Recommender.Standalone.Replay;

/// <summary>Times as people type them: <c>2026-11-22T08:30:00Z</c>, also with an offset; without either they are UTC.</summary>
internal static class TimeText
{
    /// <summary>An option that takes a time.</summary>
    public static Option<DateTimeOffset?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIMESTAMP",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)) return time;
            result.AddError($"'{text}' is no time; 2026-11-22T08:30:00Z is the form");
            return null;
        },
    };
}
