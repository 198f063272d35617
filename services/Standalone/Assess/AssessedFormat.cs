using Recommender.Standalone.Import.Formats;

namespace Recommender.Standalone.Assess;

/// <summary>A format that can be assessed: those of <c>import</c> and of <c>evaluate</c>.</summary>
/// <param name="Name">What <c>--format</c> calls it.</param>
/// <param name="Summary">One sentence for the help text.</param>
/// <param name="HasTimes">Whether its times say when something happened.</param>
/// <param name="Open">Begins a file.</param>
internal sealed record AssessedFormat(string Name, string Summary, bool HasTimes, Func<EventFactory, ILineParser> Open)
{
    /// <summary>Every format.</summary>
    public static IReadOnlyList<AssessedFormat> All { get; } =
    [
        .. ImportFormat.All.Select(f => new AssessedFormat(f.Name, f.Summary, f.Name != "sequences", f.Open)),
        new("lightgcn", "user, then items, in no order", false, f => new ItemListsParser(f)),
        new("pairs", "user and item, further columns ignored, a header allowed", false, f => new PairsParser(f)),
        new("signed", "user, item and a sign: above 0 liked, else disliked", false, f => new SignedParser(f)),
    ];

    /// <summary>The format of that name.</summary>
    public static AssessedFormat Named(string name) => All.Single(f => f.Name == name);
}
