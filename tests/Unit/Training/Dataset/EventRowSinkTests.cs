using Recommender.Tests.Unit.Modeling;
using Recommender.Training.Dataset;

namespace Recommender.Tests.Unit.Training.Dataset;

public sealed class EventRowSinkTests
{
    [Fact]
    public void Blocks_may_end_anywhere() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        byte[] rows = [.. RandomRows.Of(random, 40).SelectMany(row => RandomRows.BytesOf(row + "\n"))];
        var (whole, pieces) = (new EventColumns(), new EventColumns());
        using var atOnce = new EventRowSink(whole, CancellationToken.None);
        atOnce.Write(rows);
        using var sink = new EventRowSink(pieces, CancellationToken.None);
        for (int at = 0, length; at < rows.Length; at += length)
        {
            length = Math.Min(random.Next(1, random.Next(2, 400)), rows.Length - at);
            sink.Write(rows, at, length);
        }

        Assert.Equal((rows.Length, 0), (sink.Length, sink.Rest.Length));
        Assert.Equal((whole.Count, whole.Unreadable), (pieces.Count, pieces.Unreadable));
        Assert.All(AuthorEventCounts.Types, type => Assert.Equal(whole.OfAuthors[type], pieces.OfAuthors[type]));
        Assert.Equal(whole.ViewerIds.Bytes, pieces.ViewerIds.Bytes);
        Assert.Equal(whole.VideoIds.Bytes, pieces.VideoIds.Bytes);
        Assert.Equal(whole.Viewers.AsSpan(0, whole.Count), pieces.Viewers.AsSpan(0, whole.Count));
        Assert.Equal(whole.Videos.AsSpan(0, whole.Count), pieces.Videos.AsSpan(0, whole.Count));
        Assert.Equal(whole.Times.AsSpan(0, whole.Count), pieces.Times.AsSpan(0, whole.Count));
        Assert.Equal(whole.EventIds.AsSpan(0, whole.Count), pieces.EventIds.AsSpan(0, whole.Count));
    });

    [Fact]
    public void A_row_without_an_end_is_not_whole()
    {
        using var sink = new EventRowSink(new EventColumns(), CancellationToken.None);
        sink.Write("{}\n{"u8);
        Assert.False(sink.Rest.IsEmpty);
        sink.Write("}\n"u8);
        Assert.True(sink.Rest.IsEmpty);
    }

    [Fact]
    public void A_cancelled_reading_ends_with_the_next_block()
    {
        using var sink = new EventRowSink(new EventColumns(), new CancellationToken(canceled: true));
        Assert.Throws<OperationCanceledException>(() => sink.Write("{}\n"u8));
    }
}
