using System.Text;
using Recommender.Contracts.Json;
using Recommender.Hosting.Archive;
using Recommender.Training.Dataset;
using Recommender.V1;

namespace Recommender.Tests.Unit.Training;

/// <summary>Datasets made without files.</summary>
internal static class Datasets
{
    public static EventDataset Of(params IEnumerable<Event> events) => Builder(events).Build(CancellationToken.None);

    public static EventDatasetBuilder Builder(IEnumerable<Event> events, VideoTable? videos = null, ErasureTable? erasures = null)
    {
        var builder = new EventDatasetBuilder(videos ?? new VideoTable(), erasures ?? new ErasureTable());
        var reader = new EventRowReader();
        var columns = new EventColumns();
        foreach (var e in events)
        {
            Assert.True(reader.TryRead(EventJson.Serialize(e)));
            columns.Add(reader);
        }
        builder.Add(columns);
        return builder;
    }

    public static VideoTable Catalog(params IEnumerable<string> rows)
    {
        var table = new VideoTable();
        foreach (var row in rows) Assert.True(table.TryAdd(Encoding.UTF8.GetBytes(row), default));
        return table;
    }

    /// <summary>The events of a viewer as <c>video type</c>, oldest first.</summary>
    public static IEnumerable<string> EventsOf(EventDataset data, string viewer)
    {
        var events = data.Events(data.Viewers.ToList().IndexOf(viewer));
        var texts = new List<string>();
        for (var i = 0; i < events.Length; i++) texts.Add($"{data.Videos[events.Videos[i]]} {events.SignalAt(i)}");
        return texts;
    }
}
