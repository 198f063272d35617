using System.Globalization;
using System.Net;
using System.Text;
using Recommender.Modeling.Evaluation;
using Recommender.Training.Assessing;

namespace Recommender.Standalone.Assess;

/// <summary>Plots as SVG inside a page: no script, no font, no network. Colours come from the page's style.</summary>
internal static class Svg
{
    private const int Width = 560;
    private const int Height = 210;
    private const int Left = 52;
    private const int Right = 12;
    private const int Top = 12;
    private const int Bottom = 46;

    // Of a text of 12 pixels, at most on average.
    private const double WidthOfSign = 7;

    /// <summary>A bar per bin.</summary>
    public static string Bars(IReadOnlyList<Bin> bins, string name)
    {
        if (bins.Count == 0) return "<p class=\"none\">nothing to show</p>";
        var text = Begin(name);
        var most = Math.Max(1, bins.Max(b => b.Count));
        Grid(text, most);
        var step = (double)(Width - Left - Right) / bins.Count;
        var longest = (bins.Max(b => b.Label.Length) * WidthOfSign) + 10;
        var every = Math.Max(1, (int)Math.Ceiling(bins.Count * longest / (Width - Left - Right)));
        for (var i = 0; i < bins.Count; i++)
        {
            var height = (Height - Top - Bottom) * bins[i].Count / (double)most;
            var x = Left + (i * step);
            text.Append(CultureInfo.InvariantCulture, $"<rect class=\"bar\" x=\"{x + (step * 0.1):F1}\" y=\"{Height - Bottom - height:F1}\" width=\"{Math.Max(0.5, step * 0.8):F1}\" height=\"{height:F1}\"><title>{Encode(bins[i].Label)}: {bins[i].Count:N0}</title></rect>");
            if (i % every == 0) BarLabel(text, x + (step / 2), bins[i].Label);
        }
        return End(text);
    }

    /// <summary>How much the smaller ones have together, from none to all of them; the straight line is equality.</summary>
    public static string Lorenz(IReadOnlyList<double> shares, string name)
    {
        if (shares.Count < 2) return "<p class=\"none\">nothing to show</p>";
        var text = Begin(name);
        Grid(text, 1, "P0");
        string At(double x, double y) => string.Create(CultureInfo.InvariantCulture, $"{Left + (x * (Width - Left - Right)):F1},{Height - Bottom - (y * (Height - Top - Bottom)):F1}");
        text.Append(CultureInfo.InvariantCulture, $"<polyline class=\"even\" points=\"{At(0, 0)} {At(1, 1)}\"/>");
        text.Append(CultureInfo.InvariantCulture, $"<polyline class=\"line\" points=\"{string.Join(' ', shares.Select((s, i) => At(i / (double)(shares.Count - 1), s)))}\"/>");
        for (var i = 0; i <= 4; i++) Label(text, Left + (i / 4.0 * (Width - Left - Right)), Height - Bottom + 16, string.Create(CultureInfo.InvariantCulture, $"{i / 4.0:P0}"), i == 4 ? "end" : "middle");
        return End(text);
    }

    /// <summary>Two intervals side by side per metric.</summary>
    public static string Compare(Comparison comparison, string name)
    {
        var text = Begin(name);
        var most = comparison.Metrics.Values.Max(m => Math.Max(m.Popularity.High, m.Personal.High));
        most = most > 0 ? most * 1.1 : 1;
        Grid(text, most, "0.###");
        var step = (double)(Width - Left - Right) / comparison.Metrics.Count;
        var i = 0;
        foreach (var (metric, values) in comparison.Metrics)
        {
            var x = Left + (i++ * step);
            Bar(text, x + (step * 0.2), step * 0.25, values.Popularity, most, "bar pale", "popularity");
            Bar(text, x + (step * 0.55), step * 0.25, values.Personal, most, "bar", "personal");
            Label(text, x + (step / 2), Height - Bottom + 16, metric, "middle");
        }
        Label(text, Left, Height - 10, "pale: popularity, strong: personal; the strokes are bootstrap intervals", "start");
        return End(text);
    }

    /// <summary>Text that is safe inside HTML, whatever it holds.</summary>
    public static string Encode(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) clean.Append(Rune.IsControl(rune) && rune.Value is not ('\n' or '\t') ? "\uFFFD" : rune.ToString());
        return WebUtility.HtmlEncode(clean.ToString());
    }

    private static void Bar(StringBuilder text, double x, double width, BootstrapInterval value, double most, string style, string title)
    {
        double Y(double v) => Height - Bottom - ((Height - Top - Bottom) * Math.Clamp(v / most, 0, 1));
        var middle = x + (width / 2);
        text.Append(CultureInfo.InvariantCulture, $"<rect class=\"{style}\" x=\"{x:F1}\" y=\"{Y(value.Mean):F1}\" width=\"{width:F1}\" height=\"{Height - Bottom - Y(value.Mean):F1}\"><title>{title}: {value.Mean:F4} ({value.Low:F4} to {value.High:F4})</title></rect>");
        text.Append(CultureInfo.InvariantCulture, $"<path class=\"whisker\" d=\"M{middle:F1} {Y(value.Low):F1}V{Y(value.High):F1}M{middle - 6:F1} {Y(value.Low):F1}h12M{middle - 6:F1} {Y(value.High):F1}h12\"/>");
    }

    private static StringBuilder Begin(string name) => new StringBuilder().Append(
        CultureInfo.InvariantCulture, $"<svg role=\"img\" aria-label=\"{Encode(name)}\" viewBox=\"0 0 {Width} {Height}\" xmlns=\"http://www.w3.org/2000/svg\">");

    private static string End(StringBuilder text) => text.Append("</svg>").ToString();

    private static void Grid(StringBuilder text, double most, string format = "#,0.#")
    {
        for (var i = 0; i <= 2; i++)
        {
            var y = Height - Bottom - (i / 2.0 * (Height - Top - Bottom));
            text.Append(CultureInfo.InvariantCulture, $"<path class=\"grid\" d=\"M{Left} {y:F1}H{Width - Right}\"/>");
            Label(text, Left - 6, y + 4, (most * i / 2.0).ToString(format, CultureInfo.InvariantCulture), "end");
        }
    }

    /// <summary>Below the middle of a bar, or as near to it as the label is seen whole.</summary>
    private static void BarLabel(StringBuilder text, double middle, string label)
    {
        var half = label.Length * WidthOfSign / 2;
        var (x, anchor) = middle + half > Width ? (Width, "end") : middle < half ? (0, "start") : (middle, "middle");
        Label(text, x, Height - Bottom + 16, label, anchor);
    }

    private static void Label(StringBuilder text, double x, double y, string label, string anchor) =>
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\">{Encode(label)}</text>");
}
