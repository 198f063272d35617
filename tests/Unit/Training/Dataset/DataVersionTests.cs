using System.Security.Cryptography;
using System.Text;
using Recommender.Training.Dataset;
using static Recommender.Tests.Shared.TestEvents;

namespace Recommender.Tests.Unit.Training.Dataset;

public sealed class DataVersionTests
{
    [Fact]
    public void It_is_the_hash_of_all_that_training_sees_one_after_the_other()
    {
        // More than any buffer, and one viewer of more than one.
        var data = Datasets.Of([.. Enumerable.Range(0, 60_000).Select(i => One(i < 40_000 ? "u" : $"v{i % 7}", $"video{i % 13}", i, watched: i % 5, id: ""))]);
        using var plain = new MemoryStream();
        using (var writer = new BinaryWriter(plain, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write("recommender-events-1\n"u8);
            Write(writer, data.Viewers);
            Write(writer, data.Videos);
            foreach (var duration in data.Durations) writer.Write(duration);
            for (var viewer = 0; viewer < data.Viewers.Count; viewer++)
            {
                var events = data.Events(viewer);
                writer.Write(events.Length);
                for (var i = 0; i < events.Length; i++) writer.Write(events.Videos[i]);
                for (var i = 0; i < events.Length; i++) writer.Write(events.Times[i]);
                for (var i = 0; i < events.Length; i++) writer.Write(events.WatchSeconds[i]);
                for (var i = 0; i < events.Length; i++) writer.Write(events.Signals[i]);
            }
        }

        Assert.Equal(60_000, data.EventCount);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(plain.ToArray())), DataVersion.Of(data));
    }

    private static void Write(BinaryWriter writer, IdList ids)
    {
        writer.Write(ids.Count);
        foreach (var id in ids)
        {
            writer.Write(Encoding.UTF8.GetByteCount(id));
            writer.Write(Encoding.UTF8.GetBytes(id));
        }
    }
}
