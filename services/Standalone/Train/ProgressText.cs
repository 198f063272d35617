using System.Globalization;

namespace Recommender.Standalone.Train;

/// <summary>Progress in words: on a terminal one line that changes, elsewhere a line per tenth.</summary>
/// <param name="output">Where to.</param>
/// <param name="isSilent">Shows nothing at all.</param>
internal sealed class ProgressText(TextWriter output, bool isSilent)
{
    private readonly bool _isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
    private string _words = "";
    private int _step = -1;

    /// <summary>Shows a share of the work, 0 to 1.</summary>
    public void Show(string words, double share)
    {
        var step = (int)(share * (_isTerminal ? 1000 : 10));
        if (isSilent || (words == _words && step <= _step)) return;
        (_words, _step) = (words, step);
        var text = string.Create(CultureInfo.InvariantCulture, $"{words} {share:P0}");
        if (_isTerminal) output.Write($"\r{text}   ");
        else output.WriteLine(text);
    }

    /// <summary>Nothing more follows.</summary>
    public void End()
    {
        if (_isTerminal && !isSilent) output.WriteLine();
    }
}
