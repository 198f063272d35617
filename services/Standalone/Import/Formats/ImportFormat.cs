namespace Recommender.Standalone.Import.Formats;

/// <summary>A file format that can be imported.</summary>
/// <param name="Name">What <c>--format</c> calls it.</param>
/// <param name="Summary">One sentence for the help text.</param>
/// <param name="Open">Begins a file: the parser may remember the file's header.</param>
internal sealed record ImportFormat(string Name, string Summary, Func<EventFactory, ILineParser> Open)
{
    /// <summary>Every format.</summary>
    public static IReadOnlyList<ImportFormat> All { get; } =
    [
        new("kuairand", "tab- or comma-separated log with a header: watch time, duration and feedback columns", f => new KuaiRandParser(f)),
        new("movielens", "user, item, rating, timestamp; with or without a header, RecBole's typed ones too; also item files", f => new MovieLensParser(f)),
        new("sequences", "user, then items, oldest first", f => new SequenceParser(f)),
        new("jsonl", "one JSON object a line, as the event and catalog topics carry them", f => new JsonLinesParser(f)),
    ];

    /// <summary>The format of that name.</summary>
    public static ImportFormat Named(string name) => All.Single(f => f.Name == name);
}
