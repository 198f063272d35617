using System.Globalization;
using Recommender.Tests.Benchmarks.Reporting;

namespace Recommender.Tests.Benchmarks.Serving;

/// <summary>What was measured, and for ratios what is demanded of them.</summary>
internal sealed class Verdicts
{
    private readonly Table _table = new(["measured", "value", "demanded", ""]);

    /// <summary>Whether all ratios so far are as demanded.</summary>
    public bool AllHold { get; private set; } = true;

    public void Tell(string what, double value, string unit) => _table.Add([what, $"{Text(value)} {unit}", "", ""]);

    public void AtLeast(string what, double value, double bound) => Judge(what, value, $"at least {Text(bound)}", value >= bound);

    public void AtMost(string what, double value, double bound) => Judge(what, value, $"at most {Text(bound)}", value <= bound);

    public void WriteTo(TextWriter output) => _table.WriteTo(output);

    private void Judge(string what, double value, string demanded, bool holds)
    {
        AllHold &= holds;
        _table.Add([what, Text(value), demanded, holds ? "holds" : "MISSED"]);
    }

    private static string Text(double value) => value >= 1000 ? value.ToString("N0", CultureInfo.InvariantCulture) : value.ToString("0.00", CultureInfo.InvariantCulture);
}
