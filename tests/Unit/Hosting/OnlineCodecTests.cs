using FsCheck;
using FsCheck.Fluent;
using Recommender.Contracts;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Tests.Unit.Hosting;

public class OnlineCodecTests
{
    /// <summary>Knows one text, as number 7.</summary>
    private sealed class Numbered(string text) : IKnownTexts
    {
        public string? Find(ReadOnlySpan<char> characters, out int number)
        {
            var isKnown = characters.SequenceEqual(text);
            number = isKnown ? 7 : -1;
            return isKnown ? text : null;
        }
    }

    private static ViewerState Sample()
    {
        var state = new ViewerState { Version = 7, Views = 300, Likes = 2, Unlikes = 3, Shares = 1, Skips = 4, LastSeenAtMs = 1_763_800_000_123 };
        state.Watermarks.Advance(42, 0, 3, 1000);
        state.Watermarks.Advance(42, 1, 3, 5);
        state.Recent.Add(new RecentInteraction("v😀", EventType.Like, 1_763_800_000_123, 0, 0xABCDEF));
        state.Recent.Add(new RecentInteraction("w", EventType.View, 1_763_700_000_000, 0.75f));
        state.OlderSeen.Add(StableHash.Of("old"));
        state.Hidden.Add(StableHash.Of("bad"));
        state.OlderEvents.Add(0xFF_1234_5678);
        state.EventIds.Add(1);
        state.Muted.Decide(new AuthorDecision("loud😀", 1_763_800_000_123, true), 10);
        state.Muted.Decide(new AuthorDecision("forgiven", 1_763_700_000_000, false), 10);
        state.Followed.Decide(new AuthorDecision("dear", 1_763_600_000_000, true), 10);
        state.Followed.Decide(new AuthorDecision("left", 1_763_800_000_000, false), 10);
        return state;
    }

    [Fact]
    public void A_viewers_state_survives_the_round_trip()
    {
        var bytes = Sample().Encode();
        var read = ViewerState.Decode(bytes);
        Assert.Equal(bytes, read.Encode());
        Assert.Equal(7u, ViewerState.VersionOf(bytes));
        Assert.Equal(Sample().Recent, read.Recent);
        Assert.Equal(Sample().OlderEvents, read.OlderEvents);
        Assert.Equal(Sample().EventIds, read.EventIds);
        Assert.Equal(1000, read.Watermarks.Next(42, 0, 3));
        Assert.Equal(0, read.NetLikes);
        Assert.True(read.HasSeen("w"));
        Assert.True(read.HasSeen("old"));
        Assert.False(read.HasSeen("new"));
        Assert.True(read.IsHidden("bad"));
        Assert.Equal(Sample().Muted.Decisions, read.Muted.Decisions);
        Assert.Equal(["loud😀"], read.Muted.Ids);
        Assert.Equal(Sample().Followed.Decisions, read.Followed.Decisions);
        Assert.Equal(["dear"], read.Followed.Ids);
    }

    [Fact]
    public void Who_follows_or_muted_nobody_has_the_layout_that_earlier_versions_read()
    {
        var state = Sample();
        Assert.Equal(4, state.Encode()[ViewerState.VersionBytes]);
        state.Followed.Clear();
        Assert.Equal(3, state.Encode()[ViewerState.VersionBytes]);
        state.Muted.Clear();
        var bytes = state.Encode();
        Assert.Equal(2, bytes[ViewerState.VersionBytes]);
        var read = ViewerState.Decode(Sample().Encode());
        read.Read(bytes, null); // in the place of a viewer who did
        Assert.True(read.Muted.Decisions.IsEmpty && read.Followed.Decisions.IsEmpty);
        Assert.Equal(bytes, read.Encode());
    }

    [Fact]
    public void A_viewers_bytes_are_bound_by_the_documented_formula_and_reach_it()
    {
        var limits = new ViewerLimits { RecentInteractions = 1000, OlderSeen = 100_000, Hidden = 100_000, EventIds = 10_000, MutedAuthors = 2000, FollowedAuthors = 2000 };
        const long Now = (1L << 41) - 1; // the year 2039
        const long Counter = (1L << 27) - 1;
        var state = new ViewerState { Views = Counter, Likes = Counter, Unlikes = Counter, Shares = Counter, Skips = Counter, LastSeenAtMs = Now, ForgottenAtMs = Now };
        foreach (var topic in Topics.Events.Append(Topics.Erasure))
            state.Watermarks.Advance(StableHash.Of(topic), TopicNumbers.Of(topic), 8191, (1L << 41) - 1);
        var id = new string('v', 128);
        // The sign is no letter of ids that are written shorter; of times a mixture of short and long pauses takes most.
        for (var i = 0; i < limits.RecentInteractions; i++)
            state.Recent.Add(new RecentInteraction($"{i % 10}{new string('v', 126)}!", EventType.Follow, i % 8 is 0 or 2 or 4 ? 0 : Now, i % 2 == 0 ? 10 : 0, 0xFF_FFFF_FFFF));
        for (var i = 0; i < limits.OlderSeen; i++) state.OlderSeen.Add(1);
        for (var i = 0; i < limits.Hidden; i++) state.Hidden.Add(1);
        var older = limits.EventIds - limits.RecentInteractions;
        for (var i = 0; i < older; i++) state.OlderEvents.Add(1);
        for (var i = 0; i < limits.MutedAuthors; i++) state.Muted.Decide(new AuthorDecision($"{i:D4}{id[4..]}", i, true), limits.MutedAuthors);
        for (var i = 0; i < limits.FollowedAuthors; i++) state.Followed.Decide(new AuthorDecision($"{i:D4}{id[4..]}", i, true), limits.FollowedAuthors);
        var bound = 160 + (limits.RecentInteractions * (id.Length + 16)) + (8 * (limits.OlderSeen + limits.Hidden)) + (5 * older) + ((limits.MutedAuthors + limits.FollowedAuthors) * (id.Length + 9));
        Assert.InRange(state.Encode().Length, bound - (3 * limits.RecentInteractions), bound);
    }

    [Fact]
    public void A_uuid_takes_sixteen_bytes()
    {
        var (state, other) = (new ViewerState(), new ViewerState());
        for (var i = 0; i < 50; i++)
        {
            state.Recent.Add(new RecentInteraction(new Guid(i, 7, 8, [.. StableHash.Of($"{i}").ToString("x16", null).Take(8).Select(c => (byte)c)]).ToString(), EventType.View, 5, 0.3f));
            other.Recent.Add(state.Recent[i] with { VideoId = "v" });
        }
        Assert.InRange(state.Encode().Length - other.Encode().Length, 50 * 15, 50 * 16);
    }

    [Theory]
    [InlineData("video-0001", "video-0420", "video-9999")] // as long as one another
    [InlineData("7", "420", "123456789012345678")]
    [InlineData("v0", "v10", "v9")]
    [InlineData("x1", "x01", "x001")]
    [InlineData("1234567890123456789", "2234567890123456789", "3")]
    [InlineData("dQw4w9WgXcQ", "9bZkp7q19f0", "-_-")]
    [InlineData("a", "ab", "abc")]
    [InlineData("0199f6c0-3c53-7e52-8a0c-0123456789ab", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff")]
    [InlineData("0199f6c0-3c53-7e52-8a0c-0123456789ab", "0199F6C0-3C53-7E52-8A0C-0123456789AB", "0199f6c03c537e528a0c0123456789ab")] // not all in the usual form
    [InlineData("a/1", "b/1", "ü")]
    [InlineData("😀", "😁", "😂")] // they begin with the same half of a character
    [InlineData("same", "same", "same")]
    public void Ids_of_any_form_survive_the_round_trip(params string[] ids)
    {
        for (var count = 1; count <= ids.Length; count++)
        {
            var state = new ViewerState();
            foreach (var id in ids.Take(count)) state.Recent.Add(new RecentInteraction(id, EventType.View, 5, 0.3f));
            Assert.Equal(state.Recent, ViewerState.Decode(state.Encode()).Recent);
            var known = new ViewerState();
            known.Read(state.Encode(), new Numbered(ids[0]));
            Assert.Equal(state.Recent.Select(r => r with { Number = r.VideoId == ids[0] ? 7 : -1 }), known.Recent);
        }
    }

    [Fact]
    public void Interactions_with_any_numbers_survive_the_round_trip() => Prop
        .ForAll(ArbMap.Default.ArbFor<(byte Type, long At, float Ratio, int Steps, ulong Key)[]>(), rows =>
        {
            var state = new ViewerState { LastSeenAtMs = 1000 };
            foreach (var (type, at, ratio, steps, key) in rows)
                state.Recent.Add(new RecentInteraction($"v{steps}", (EventType)type, at & 0xFFF_FFFF_FFFF, rows.Length % 2 == 0 ? ratio : (steps & 0x2FFF) / 1024f, key & 0xFF_FFFF_FFFF));
            return state.Recent.SequenceEqual(ViewerState.Decode(state.Encode()).Recent);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_value_of_the_first_layout_is_read_and_written_anew()
    {
        var sample = Sample();
        var writer = new ByteWriter();
        writer.UInt64(sample.Version);
        writer.Byte(1);
        sample.Watermarks.Write(writer);
        foreach (var counter in (long[])[sample.Views, sample.Likes, sample.Unlikes, sample.Shares, sample.Skips, sample.LastSeenAtMs, sample.ForgottenAtMs]) writer.VarInt(counter);
        writer.VarInt(sample.Recent.Count);
        var previous = sample.LastSeenAtMs;
        foreach (var (video, type, at, ratio, _) in sample.Recent)
        {
            writer.Text(video);
            writer.Byte((byte)type);
            writer.VarInt(previous - at);
            writer.Single(ratio);
            previous = at;
        }
        foreach (var hashes in (ulong[][])[[.. sample.OlderSeen], [.. sample.Hidden], [StableHash.Of("e1"), StableHash.Of("e2")]])
        {
            writer.VarInt(hashes.Length);
            writer.UInt64s(hashes);
        }
        var read = ViewerState.Decode(writer.ToArray());
        read = ViewerState.Decode(read.Encode());
        Assert.Equal(sample.Recent.Select(r => r with { Key = 0 }), read.Recent);
        read.Read(writer.ToArray(), new Numbered("w"));
        Assert.Equal([-1, 7], read.Recent.Select(r => r.Number));
        read = ViewerState.Decode(read.Encode());
        Assert.Equal((7ul, 300L, 1000L), (read.Version, read.Views, read.Watermarks.Next(42, 0, 3)));
        Assert.True(read.HasSeen("old") && read.IsHidden("bad"));
        Assert.True(read.Knows(StableHash.Of("e2")));
        Assert.False(read.Knows(StableHash.Of("e3")));
    }

    [Fact]
    public void No_bytes_are_a_new_viewer() => Assert.Equal(0u, ViewerState.Decode([]).Version);

    [Fact]
    public void Damaged_values_are_refused_and_never_crash()
    {
        var bytes = Sample().Encode();
        for (var length = 1; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => ViewerState.Decode(bytes.AsSpan(0, length)));
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var copy = (byte[])bytes.Clone();
            copy[random.Next(8, copy.Length)] ^= (byte)(1 << random.Next(8));
            try { ViewerState.Decode(copy); }
            catch (InvalidDataException) { }
        }
    }

    [Fact]
    public void Every_topic_with_online_state_has_a_number_of_its_own()
    {
        string[] topics = [.. Topics.Events, Topics.Catalog, Topics.Erasure];
        Assert.Equal(topics.Length, topics.Select(TopicNumbers.Of).Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => TopicNumbers.Of(Topics.Rejected));
    }

    [Fact]
    public void Video_counters_survive_the_round_trip_and_add_up()
    {
        var counters = new VideoCounters { Version = 3, Views = 5 };
        counters.WatchRatioSum = 2.5;
        counters.WatchRatioCount = 4;
        counters.Trending[1] = DecayedSum.Of(3, 1_763_800_000_000, TimeSpan.FromHours(24));
        var read = VideoCounters.Decode(counters.Encode());
        Assert.Equal(counters.Encode(), read.Encode());
        Assert.Equal(3u, read.Version);
        Assert.Equal(0.625, read.AverageWatchRatio);
        read.Add(counters);
        Assert.Equal(10, read.Views);
        Assert.Equal(6, read.Trending[1].At(1_763_800_000_000, TimeSpan.FromHours(24)), 9);
    }
}
