using Google.Protobuf;
using Grpc.Wire.Text;
using Recommender.V1;

namespace Recommender.Tests.Unit.GrpcRuntime;

/// <summary>Text that is not UTF-8 is found before the parser hides it.</summary>
public sealed class TextCheckTests
{
    private static readonly TextPlan s_events = TextPlan.Of(typeof(TrackEventsRequest))!;

    [Fact]
    public void A_type_without_text_needs_no_check()
    {
        Assert.Null(TextPlan.Of(typeof(Google.Protobuf.WellKnownTypes.Timestamp)));
        Assert.Null(TextPlan.Of(typeof(string)));
        Assert.NotNull(TextPlan.Of(typeof(Google.Protobuf.WellKnownTypes.Value)));
    }

    [Fact]
    public void The_path_names_the_element_and_the_field()
    {
        var request = new TrackEventsRequest();
        for (var i = 0; i < 5; i++)
            request.Events.Add(new Event { UserId = "é", VideoId = i == 3 ? "@@" : "漢", Position = -1 });
        Assert.Equal("events[3].video_id", TextCheck.FindBroken(Break(request), s_events));
    }

    [Fact]
    public void A_map_is_named_as_a_whole()
    {
        var request = new TrackEventsRequest { Events = { new Event { Position = -1, Context = { ["@@"] = "é" } } } };
        Assert.Equal("events[0].context", TextCheck.FindBroken(Break(request), s_events));
    }

    // A code point cut in two by the border of two fields: the bytes as a whole would be fine.
    [Fact]
    public void Each_field_is_judged_by_itself()
    {
        byte[] message = [10, 6, 10, 1, 0xc3, 0x82, 0x01, 0x00];
        var plan = TextPlan.Of(typeof(TrackEventsRequest))!;
        Assert.True(System.Text.Unicode.Utf8.IsValid(message.AsSpan(4, 2)));
        Assert.Equal("events[0].event_id", TextCheck.FindBroken(message, plan));
    }

    [Fact]
    public void Unknown_fields_and_groups_are_stepped_over()
    {
        // Field 100: varint, fixed64, fixed32, bytes that are no text, a group within a group; then a broken user_id.
        byte[] unknown =
        [
            0xa0, 6, 0xff, 1, 0xa1, 6, 0xff, 2, 3, 4, 5, 6, 7, 8, 0xa5, 6, 0xff, 2, 3, 4,
            0xa2, 6, 2, 0xff, 0xff, 0xa3, 6, 0xa3, 6, 8, 1, 0xa4, 6, 0xa4, 6,
        ];
        byte[] message = [.. unknown, 0x1a, 2, 0xc3, 0x28];
        Assert.Equal("user_id", TextCheck.FindBroken(message, TextPlan.Of(typeof(Event))!));
    }

    [Fact]
    public void Nothing_is_found_in_what_the_parser_reads_unchanged()
    {
        var random = new Random(17);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Mutate(RandomRequest(random).ToByteArray(), random);
            if (!TryParse(bytes, out var parsed))
                continue;
            var hidden = Texts(parsed).Any(text => text.Contains('\ufffd', StringComparison.Ordinal));
            var found = TextCheck.FindBroken(bytes, s_events);
            // A replacement character may also have been sent as such; what the check finds is always replaced.
            Assert.True(found is null || hidden, Convert.ToHexString(bytes));
            if (hidden && !Contains(bytes, "\ufffd"u8))
                Assert.True(found is not null, Convert.ToHexString(bytes));
        }
    }

    private static byte[] Break(IMessage message)
    {
        var bytes = message.ToByteArray();
        var at = bytes.AsSpan().IndexOf("@@"u8);
        (bytes[at], bytes[at + 1]) = (0xc3, 0x28);
        return bytes;
    }

    private static TrackEventsRequest RandomRequest(Random random)
    {
        var request = new TrackEventsRequest();
        for (var i = random.Next(4); i >= 0; i--)
        {
            request.Events.Add(new Event { UserId = Text(random), Surface = Text(random), Position = random.Next(-5, 5) });
            request.Events[^1].Context[Text(random)] = Text(random);
        }
        return request;
    }

    private static string Text(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => "aé漢🎬"[random.Next(3)]));

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        for (var i = random.Next(3); i > 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    private static bool TryParse(byte[] bytes, out TrackEventsRequest parsed)
    {
        parsed = new TrackEventsRequest();
        try
        {
            parsed.MergeFrom(bytes);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Texts(TrackEventsRequest request) => request.Events.SelectMany(item =>
        new[] { item.EventId, item.UserId, item.VideoId, item.SessionId, item.RequestId, item.Surface }
            .Concat(item.Context.Keys).Concat(item.Context.Values));

    private static bool Contains(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> part) => bytes.IndexOf(part) >= 0;
}
