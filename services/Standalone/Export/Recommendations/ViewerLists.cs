using System.Globalization;
using System.Text;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Online;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Export.Recommendations;

/// <summary>
/// The viewers of an export, dealt to as many lists on disk as there will be files, by a hash of the id: only one list is ever in memory. An id may be
/// added twice; each viewer is in one list, where it counts once.
/// </summary>
internal sealed class ViewerLists : IDisposable
{
    private const string Folder = "viewers";
    private const int MaxViewers = 2_000_000;
    private readonly StreamWriter[] _writers;

    private ViewerLists(StreamWriter[] writers) => _writers = writers;

    /// <summary>Viewers added.</summary>
    public long Added { get; private set; }

    /// <summary>Begins the lists anew.</summary>
    public static ViewerLists Create(string folder, int shards)
    {
        Remove(folder);
        Directory.CreateDirectory(Path.Combine(folder, Folder));
        return new ViewerLists([.. Enumerable.Range(0, shards).Select(shard => new StreamWriter(PathOf(folder, shard), append: false, new UTF8Encoding(false), 4096))]);
    }

    /// <summary>Adds a viewer.</summary>
    /// <exception cref="CommandFailure">It is no viewer's id.</exception>
    public void Add(string userId)
    {
        if (FieldRules.RequiredId("the viewer's id", userId) is { } wrong)
            throw CommandFailure.Usage(string.Create(CultureInfo.InvariantCulture, $"{wrong.Field} in line {Added + 1} {wrong.Description}."));
        _writers[StableHash.Of(userId) % (ulong)_writers.Length].Write(userId + "\n");
        Added++;
    }

    /// <summary>The viewers of one file, each once, in the order of their ids.</summary>
    /// <exception cref="CommandFailure">They are too many for memory.</exception>
    public static string[] Read(string folder, int shard)
    {
        var viewers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var userId in File.ReadLines(PathOf(folder, shard)))
        {
            viewers.Add(userId);
            if (viewers.Count > MaxViewers)
                throw CommandFailure.Usage(string.Create(CultureInfo.InvariantCulture, $"One file would hold more than {MaxViewers:N0} viewers; write more of them with --shards, to another folder."));
        }
        return [.. viewers.Order(StringComparer.Ordinal)];
    }

    /// <summary>Takes the lists away.</summary>
    public static void Remove(string folder)
    {
        if (Directory.Exists(Path.Combine(folder, Folder))) Directory.Delete(Path.Combine(folder, Folder), recursive: true);
    }

    public void Dispose()
    {
        foreach (var writer in _writers) writer.Dispose();
    }

    private static string PathOf(string folder, int shard) => Path.Combine(folder, Folder, shard.ToString("00000", CultureInfo.InvariantCulture));
}
