using System.Globalization;
using Spectre.Console;

namespace Recommender.Standalone.Import;

/// <summary>A progress bar for a terminal.</summary>
internal sealed class BarImportView : IImportView
{
    private ProgressContext? _context;
    private ProgressTask? _task;
    private string _name = "";

    /// <inheritdoc/>
    public Task RunAsync(Func<Task> import) => AnsiConsole.Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
        .StartAsync(context =>
        {
            _context = context;
            return import();
        });

    /// <inheritdoc/>
    public void Begin(string name, long bytes)
    {
        _name = Markup.Escape(name);
        _task = _context!.AddTask(_name, maxValue: Math.Max(bytes, 1));
    }

    /// <inheritdoc/>
    public void Progress(long bytes, ImportTotals totals)
    {
        _task!.Description = string.Create(CultureInfo.InvariantCulture, $"{_name} [grey]{totals.Accepted:N0} events[/]");
        _task.Value = bytes;
    }

    /// <inheritdoc/>
    public void Note(string text) => AnsiConsole.WriteLine(text);
}
