using System.Buffers.Text;
using System.IO.Compression;
using Recommender.Modeling.Sparse;

namespace Recommender.Tests.Benchmarks.Training;

/// <summary>The gowalla check-ins in their usual split, a line per viewer: the viewer's number, then the items'.</summary>
internal static class Gowalla
{
    private const string Folder = "gowalla_lightgcn";

    /// <summary>Reads the set below a folder of public data sets; null when it is not there.</summary>
    public static DataSet? TryRead(string data)
    {
        var (train, test) = (Path.Combine(data, Folder, "train.txt.gz"), Path.Combine(data, Folder, "test.txt.gz"));
        if (!File.Exists(train) || !File.Exists(test)) return null;
        var (seen, relevant) = (new InteractionMatrixBuilder(), new InteractionMatrixBuilder());
        var (viewers, items) = (0, 0);
        foreach (var (file, builder) in new[] { (train, seen), (test, relevant) })
        {
            foreach (var (viewer, item) in Pairs(file))
            {
                builder.Add(viewer, item);
                (viewers, items) = (Math.Max(viewers, viewer + 1), Math.Max(items, item + 1));
            }
        }

        var learned = seen.Build(viewers, items);
        return new DataSet("gowalla", learned, relevant.Build(viewers, items).Without(learned));
    }

    private static IEnumerable<(int Viewer, int Item)> Pairs(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            var numbers = System.Text.Encoding.ASCII.GetBytes(line);
            int? viewer = null;
            for (var at = 0; at < numbers.Length; at++)
            {
                if (!Utf8Parser.TryParse(numbers.AsSpan(at), out int number, out var used)) continue;
                at += used;
                if (viewer is { } known) yield return (known, number);
                else viewer = number;
            }
        }
    }
}
