using System.IO.Compression;
using System.Text;
using Recommender.Contracts.Json;
using Recommender.Hosting.Artifacts;
using Recommender.Tests.Unit.Modeling;
using Recommender.Training.Dataset;
using Recommender.V1;

namespace Recommender.Tests.Unit.Training.Dataset;

public sealed class EventFileReaderTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("columns-").FullName, "rows.jsonl.gz");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void Every_row_is_read_as_the_general_reader_does() => Seeds.ForAll(seed =>
    {
        var rows = RandomRows.Of(new Random(seed), 200);
        AssertRead(rows, Read(rows));
    });

    [Fact]
    public void Kept_columns_are_those_that_were_read() => Seeds.ForAll(seed =>
    {
        var rows = RandomRows.Of(new Random(seed), 60);
        EventColumnsFile.Write(_path, Read(rows), EventColumnsFile.SourceOf(_path));
        var kept = new EventColumns();
        // What was in them before must not show.
        kept.Add(Row("""{"type":"view","user_id":"before","video_id":"before","occurred_at":"2026-11-01T00:00:00Z"}"""));
        Assert.True(EventColumnsFile.TryRead(_path, kept));
        AssertRead(rows, kept);
    });

    [Fact]
    public void Rows_as_the_door_writes_them_take_the_short_way()
    {
        var scanner = new EventLineScanner();
        var columns = new EventColumns();
        var e = Shared.TestEvents.One("viewer", "video", 12.345, EventType.NotInterested, watched: 5.5);
        (e.SessionId, e.RequestId, e.Position, e.Surface) = ("session", "request", 3, "for_you");
        byte[] first = [.. EventJson.Serialize(e, e.OccurredAt), (byte)'\n'];
        byte[] second = [.. EventJson.Serialize(Shared.TestEvents.One("短视频", "видео", 0)), (byte)'\n'];
        Assert.Equal(first.Length, scanner.TryAdd([.. first, .. second], columns));
        Assert.Equal(second.Length, scanner.TryAdd(second, columns));
        Assert.Equal(2, columns.Count);
        Assert.Equal(0, scanner.TryAdd("""{"type":"view", "user_id":"u","video_id":"v","occurred_at":"2026-11-01T00:00:00Z"}"""u8 + "\n"u8, columns));
        for (var length = 0; length < second.Length; length++) Assert.Equal(0, scanner.TryAdd(second.AsSpan(0, length), columns));
        Assert.Equal(2, columns.Count);
    }

    [Fact]
    public void Kept_columns_of_another_file_or_with_a_flipped_bit_are_not_taken()
    {
        var rows = RandomRows.Of(new Random(1), 50);
        EventColumnsFile.Write(_path, Read(rows), EventColumnsFile.SourceOf(_path));
        var kept = File.ReadAllBytes(_path + EventColumnsFile.Extension);
        var columns = new EventColumns();
        Assert.True(EventColumnsFile.TryRead(_path, columns));
        for (var at = 0; at < kept.Length; at += 1 + (at / 40))
        {
            kept[at] ^= 0x10;
            File.WriteAllBytes(_path + EventColumnsFile.Extension, kept);
            Assert.False(EventColumnsFile.TryRead(_path, columns), $"byte {at}");
            kept[at] ^= 0x10;
        }
        foreach (var length in (int[])[0, 10, kept.Length - 1])
        {
            File.WriteAllBytes(_path + EventColumnsFile.Extension, kept[..length]);
            Assert.False(EventColumnsFile.TryRead(_path, columns));
        }
        File.WriteAllBytes(_path + EventColumnsFile.Extension, kept);
        Assert.True(EventColumnsFile.TryRead(_path, columns));
        Write(RandomRows.Of(new Random(2), 50));
        Assert.False(EventColumnsFile.TryRead(_path, columns));
        File.Delete(_path + EventColumnsFile.Extension);
        Assert.False(EventColumnsFile.TryRead(_path, columns));
    }

    [Fact]
    public void Columns_of_a_file_that_was_replaced_while_it_was_read_are_not_kept()
    {
        var columns = Read(RandomRows.Of(new Random(1), 50));
        var source = EventColumnsFile.SourceOf(_path);
        Write(RandomRows.Of(new Random(2), 50));
        EventColumnsFile.Write(_path, columns, source);
        Assert.False(File.Exists(_path + EventColumnsFile.Extension));
    }

    [Theory]
    [InlineData("{}", "ends in the middle of a row")]
    [InlineData("{}\n{\"type\"", "ends in the middle of a row")]
    public void A_file_that_ends_in_the_middle_of_a_row_is_damaged(string text, string reason)
    {
        Write([text], end: "");
        var error = Assert.Throws<InvalidDataException>(() => EventFileReader.Read(_path, new EventColumns(), CancellationToken.None));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void A_file_that_is_not_one_whole_is_damaged_even_if_it_ends_with_a_row(int missing)
    {
        Write(Enumerable.Repeat(AnyRow, 3));
        var whole = File.ReadAllBytes(_path);
        File.WriteAllBytes(_path, whole[..^missing]);
        Assert.Throws<InvalidDataException>(() => EventFileReader.Read(_path, new EventColumns(), CancellationToken.None));
        File.WriteAllBytes(_path, [.. whole, .. whole[..^missing]]);
        Assert.Throws<InvalidDataException>(() => EventFileReader.Read(_path, new EventColumns(), CancellationToken.None));
        File.WriteAllBytes(_path, [.. whole, .. new byte[missing]]);
        var error = Assert.Throws<InvalidDataException>(() => EventFileReader.Read(_path, new EventColumns(), CancellationToken.None));
        Assert.Contains("cut short", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_was_joined_from_several_is_read_whole()
    {
        // As "cat a.gz b.gz" does it. More than what is unpacked at once, and with a member of nothing between.
        var rows = RandomRows.Of(new Random(1), 3000);
        Write(rows.Take(2000));
        var first = File.ReadAllBytes(_path);
        Write(rows.Skip(2000));
        byte[] joined = [.. first, .. EmptyGzip.Member, .. File.ReadAllBytes(_path)];
        File.WriteAllBytes(_path, joined);
        var columns = new EventColumns();
        EventFileReader.Read(_path, columns, CancellationToken.None);
        AssertRead(rows, columns);
        EventColumnsFile.Write(_path, columns, EventColumnsFile.SourceOf(_path));
        var kept = new EventColumns();
        Assert.True(EventColumnsFile.TryRead(_path, kept));
        AssertRead(rows, kept);
    }

    [Fact]
    public void A_file_without_rows_is_read()
    {
        File.WriteAllBytes(_path, EmptyGzip.Member);
        var columns = new EventColumns();
        EventFileReader.Read(_path, columns, CancellationToken.None);
        Assert.Equal(0, columns.Count);
    }

    [Fact]
    public void A_file_that_was_cut_to_nothing_is_damaged()
    {
        File.WriteAllBytes(_path, []);
        Assert.Throws<InvalidDataException>(() => EventFileReader.Read(_path, new EventColumns(), CancellationToken.None));
    }

    [Fact]
    public void Rows_longer_than_any_buffer_are_read()
    {
        var row = $$"""{"type":"view","user_id":"{{new string('u', 700_000)}}","video_id":"v","occurred_at":"2026-11-01T00:00:00Z"}""";
        var columns = Read([row, row]);
        Assert.Equal((2, 1), (columns.Count, columns.ViewerIds.Count));
        Assert.Equal(700_000, columns.ViewerIds[0].Length);
    }

    private const string AnyRow = """{"type":"view","user_id":"u","video_id":"v","occurred_at":"2026-11-01T00:00:00Z"}""";

    private static EventRowReader Row(string text)
    {
        var reader = new EventRowReader();
        Assert.True(reader.TryRead(Encoding.UTF8.GetBytes(text)));
        return reader;
    }

    private EventColumns Read(IReadOnlyList<string> rows)
    {
        Write(rows);
        var columns = new EventColumns();
        EventFileReader.Read(_path, columns, CancellationToken.None);
        return columns;
    }

    private void Write(IEnumerable<string> rows, string end = "\n")
    {
        using var stream = new GZipStream(File.Create(_path), CompressionLevel.Fastest);
        foreach (var row in rows) stream.Write(RandomRows.BytesOf(row + end));
    }

    private static void AssertRead(IReadOnlyList<string> rows, EventColumns columns)
    {
        var reader = new EventRowReader();
        var (at, unreadable, decisions) = (0, 0, 0);
        foreach (var row in rows)
        {
            if (!reader.TryRead(RandomRows.BytesOf(row)))
            {
                if (reader.Decision == default) unreadable++;
                else decisions++;
                continue;
            }
            Assert.True(at < columns.Count, row);
            Assert.Equal(reader.UserId.ToString(), Encoding.UTF8.GetString(columns.ViewerIds[columns.Viewers[at]]));
            Assert.Equal(reader.VideoId.ToString(), Encoding.UTF8.GetString(columns.VideoIds[columns.Videos[at]]));
            Assert.Equal(
                (reader.OccurredAtMs, Math.Min(reader.OccurredAtMs, reader.ReceivedAtMs), reader.WatchSeconds, (byte)reader.Signal, reader.EventIdHash),
                (columns.Times[at], columns.Earliest[at], columns.WatchSeconds[at], columns.Signals[at], columns.EventIds[at]));
            at++;
        }
        Assert.Equal((at, (long)unreadable, decisions), (columns.Count, columns.Unreadable, columns.OfAuthors.Total));
    }
}
