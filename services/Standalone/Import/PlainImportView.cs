using System.Globalization;

namespace Recommender.Standalone.Import;

/// <summary>Plain lines, for logs and pipes: one every few seconds.</summary>
internal sealed class PlainImportView(TextWriter output, TimeProvider time) : IImportView
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);
    private string _name = "";
    private long _bytes;
    private long _shown;

    /// <inheritdoc/>
    public Task RunAsync(Func<Task> import) => import();

    /// <inheritdoc/>
    public void Begin(string name, long bytes)
    {
        (_name, _bytes, _shown) = (name, bytes, time.GetTimestamp());
        output.WriteLine($"importing {name}");
    }

    /// <inheritdoc/>
    public void Progress(long bytes, ImportTotals totals)
    {
        if (time.GetElapsedTime(_shown) < s_interval) return;
        _shown = time.GetTimestamp();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_name}: {100.0 * bytes / Math.Max(_bytes, 1):0} %, {totals.Accepted:N0} events accepted"));
    }

    /// <inheritdoc/>
    public void Note(string text) => output.WriteLine(text);
}
