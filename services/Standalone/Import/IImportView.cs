namespace Recommender.Standalone.Import;

/// <summary>Shows an import while it runs.</summary>
internal interface IImportView
{
    /// <summary>Runs the import under this view.</summary>
    Task RunAsync(Func<Task> import);

    /// <summary>Begins a file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="bytes">Its size on disk.</param>
    void Begin(string name, long bytes);

    /// <summary>The file has been read up to here. Called often.</summary>
    void Progress(long bytes, ImportTotals totals);

    /// <summary>Something worth a line of its own.</summary>
    void Note(string text);
}
