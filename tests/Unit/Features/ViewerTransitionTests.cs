using Recommender.Features.State;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Tests.Unit.Features;

public sealed class ViewerTransitionTests
{
    private readonly ViewerState _state = new();
    private readonly ViewerLimits _limits = new();
    private long _offset;

    private Absorption Absorb(EventType type, string video, long at = 1000, string? id = null, float? ratio = null, long? offset = null, ViewerLimits? limits = null)
    {
        var next = (offset ?? _offset++) + 1;
        var e = new FeatureEvent(StableHash.Of(id ?? $"e{next}"), type, "u", video, at, null, at, new LogPosition(1, 0, 0, next));
        return ViewerTransition.Absorb(_state, e, ratio, limits ?? _limits);
    }

    [Fact]
    public void Each_type_is_counted_by_itself_and_unlikes_are_taken_off_the_likes()
    {
        foreach (var (type, count) in new[] { (EventType.View, 4), (EventType.Like, 3), (EventType.Unlike, 2), (EventType.Share, 5), (EventType.Skip, 6) })
            for (var i = 0; i < count; i++) Absorb(type, "v");
        Assert.Equal((4, 3, 2, 5, 6), (_state.Views, _state.Likes, _state.Unlikes, _state.Shares, _state.Skips));
        Assert.Equal(1, _state.NetLikes);
    }

    private Absorption Decide(EventType type, string author, long at, string? id = null, ViewerLimits? limits = null)
    {
        var next = _offset++ + 1;
        var e = new FeatureEvent(StableHash.Of(id ?? $"e{next}"), type, "u", "", at, null, at, new LogPosition(1, 0, 0, next), author);
        return ViewerTransition.Absorb(_state, e, null, limits ?? _limits);
    }

    [Fact]
    public void A_mute_lasts_until_one_that_happened_later_takes_it_back()
    {
        Decide(EventType.MuteAuthor, "ann", at: 10);
        Decide(EventType.UnmuteAuthor, "bob", at: 20); // before the mute that happened before it
        Decide(EventType.MuteAuthor, "bob", at: 15);
        Assert.Equal(["ann"], _state.Muted.Ids);
        Decide(EventType.MuteAuthor, "bob", at: 30);
        Assert.Equal(["bob", "ann"], _state.Muted.Ids);
        Decide(EventType.UnmuteAuthor, "ann", at: 40);
        Assert.Equal(["bob"], _state.Muted.Ids);
        Assert.Empty(_state.Recent);
        Assert.Equal((0, 40), (_state.Views + _state.Likes + _state.Skips, _state.LastSeenAtMs));
    }

    [Fact]
    public void A_follow_lasts_in_the_same_way_and_has_nothing_to_do_with_mutes()
    {
        Decide(EventType.FollowAuthor, "ann", at: 10);
        Decide(EventType.UnfollowAuthor, "bob", at: 20); // before the follow that happened before it
        Decide(EventType.FollowAuthor, "bob", at: 15);
        Decide(EventType.UnmuteAuthor, "ann", at: 30);
        Decide(EventType.MuteAuthor, "cyd", at: 30);
        Assert.Equal(["ann"], _state.Followed.Ids);
        Assert.Equal(["cyd"], _state.Muted.Ids);
        Assert.True(_state.Followed.IsTakenBack("bob", 15));
        Assert.True(_state.Followed.IsTakenBack("bob", 20));
        Assert.False(_state.Followed.IsTakenBack("bob", 21));
        Assert.False(_state.Followed.IsTakenBack("ann", 1));
        Assert.False(_state.Followed.IsTakenBack("cyd", 1));
        for (var i = 0; i < 10; i++) Decide(EventType.FollowAuthor, $"a{i}", at: 100 + i, limits: _limits with { FollowedAuthors = 10 });
        Assert.Equal(["a9", "a8", "a7", "a6", "a5", "a4", "a3", "a2", "a1", "a0"], _state.Followed.Ids);
        Assert.Empty(_state.Recent);
    }

    [Fact]
    public void A_retried_mute_does_not_undo_what_came_after_it_although_the_door_gave_it_a_new_time()
    {
        Decide(EventType.MuteAuthor, "ann", at: 10, id: "mute");
        Decide(EventType.UnmuteAuthor, "ann", at: 20);
        Assert.Equal(Absorption.Duplicate, Decide(EventType.MuteAuthor, "ann", at: 30, id: "mute"));
        Assert.Empty(_state.Muted.Ids);
    }

    [Fact]
    public void Beyond_the_limit_authors_no_longer_muted_go_first_and_then_those_muted_first()
    {
        var limits = _limits with { MutedAuthors = 10 };
        for (var i = 0; i < 9; i++) Decide(EventType.MuteAuthor, $"a{i}", at: 100 + i, limits: limits);
        Decide(EventType.UnmuteAuthor, "b", at: 500, limits: limits);
        Decide(EventType.MuteAuthor, "c", at: 300, limits: limits);
        Assert.Equal(["c", "a8", "a7", "a6", "a5", "a4", "a3", "a2", "a1", "a0"], _state.Muted.Ids);
        Decide(EventType.MuteAuthor, "d", at: 400, limits: limits);
        Assert.Equal(["d", "c", "a8", "a7", "a6", "a5", "a4", "a3", "a2", "a1"], _state.Muted.Ids);
        Assert.Equal(10, _state.Muted.Decisions.Length);
    }

    [Fact]
    public void Who_asks_to_be_forgotten_has_muted_nobody()
    {
        Decide(EventType.MuteAuthor, "ann", at: 10);
        ViewerTransition.Absorb(_state, FeatureEvent.Erasure("u", 50, new LogPosition(1, 5, 0, 1)), null, _limits);
        Assert.Equal(Absorption.Forgotten, Decide(EventType.MuteAuthor, "bob", at: 40));
        Assert.True(_state.Muted.Decisions.IsEmpty);
    }

    [Fact]
    public void A_second_event_of_the_same_id_changes_nothing_but_the_watermark()
    {
        Assert.Equal(Absorption.Effective, Absorb(EventType.Like, "v", id: "same"));
        var before = _state.Encode();
        Assert.Equal(Absorption.Duplicate, Absorb(EventType.Like, "v", id: "same"));
        Assert.Equal(Absorption.Duplicate, Absorb(EventType.Share, "another", at: 2000, id: "same"));
        Assert.Equal(3, _state.Watermarks.Next(1, 0, 0));
        Assert.Equal(ViewerState.Decode(before).Recent, _state.Recent);
        Assert.Equal((1, 0), (_state.Likes, _state.Shares));
    }

    [Fact]
    public void A_retry_is_recognised_as_long_as_the_documented_number_of_events_is_remembered()
    {
        for (var i = 0; i < _limits.EventIds; i++) Absorb(EventType.View, $"v{i % 7}", at: i + 1, id: $"e{i}");
        for (var i = 0; i < _limits.EventIds; i++) Assert.Equal(Absorption.Duplicate, Absorb(EventType.View, $"v{i % 7}", at: i + 1, id: $"e{i}"));
        Assert.Equal(_limits.EventIds, _state.Views);
    }

    [Fact]
    public void Events_that_differ_are_no_retries_of_one_another()
    {
        const int Different = 20_000;
        for (var i = 0; i < Different; i++) Assert.Equal(Absorption.Effective, Absorb(EventType.View, "same", at: i + 1, id: $"e{i}"));
        Assert.Equal(Different, _state.Views);
    }

    [Fact]
    public void What_a_value_of_the_first_layout_knows_is_forgotten_as_new_events_come()
    {
        foreach (var id in (string[])["old1", "old2"]) _state.EventIds.Add(StableHash.Of(id));
        Assert.Equal(Absorption.Duplicate, Absorb(EventType.View, "v", id: "old1"));
        Assert.Equal(Absorption.Effective, Absorb(EventType.View, "v", id: "new1"));
        Assert.Equal(Absorption.Duplicate, Absorb(EventType.View, "v", id: "old2"));
        Assert.Equal(Absorption.Effective, Absorb(EventType.View, "v", id: "new2"));
        Assert.Empty(_state.EventIds);
    }

    [Fact]
    public void A_record_that_was_absorbed_before_changes_nothing_at_all()
    {
        Absorb(EventType.Like, "v", offset: 5);
        var before = _state.Encode();
        Assert.Equal(Absorption.Replayed, Absorb(EventType.Share, "w", offset: 5));
        Assert.Equal(Absorption.Replayed, Absorb(EventType.Share, "w", offset: 2));
        Assert.Equal(before, _state.Encode());
    }

    [Fact]
    public void A_late_event_is_placed_by_the_time_at_which_it_happened()
    {
        Absorb(EventType.View, "first", at: 1000);
        Absorb(EventType.View, "third", at: 3000);
        Absorb(EventType.View, "second", at: 2000, ratio: 0.5f);
        Assert.Equal(["third", "second", "first"], _state.Recent.Select(r => r.VideoId));
        Assert.Equal(0.5f, _state.Recent[1].WatchRatio);
        Assert.Equal(3000, _state.LastSeenAtMs);
    }

    [Fact]
    public void Events_of_one_millisecond_end_in_the_same_places_whatever_their_order()
    {
        var other = new ViewerTransitionTests();
        foreach (var video in new[] { "a", "b", "c" }) Absorb(EventType.View, video, id: video);
        foreach (var video in new[] { "c", "a", "b" }) other.Absorb(EventType.View, video, id: video);
        Assert.Equal(_state.Recent, other._state.Recent);
    }

    [Fact]
    public void Videos_that_leave_the_recent_ones_stay_seen_within_bounds()
    {
        var limits = new ViewerLimits { RecentInteractions = 10, OlderSeen = 20 };
        for (var i = 0; i < 35; i++) Absorb(EventType.View, $"v{i}", at: i, limits: limits);
        Assert.Equal(10, _state.Recent.Count);
        Assert.Equal(20, _state.OlderSeen.Count);
        Assert.All(Enumerable.Range(5, 30), i => Assert.True(_state.HasSeen($"v{i}")));
        Assert.False(_state.HasSeen("v0"));
    }

    [Fact]
    public void A_video_seen_again_is_remembered_longer()
    {
        var limits = new ViewerLimits { RecentInteractions = 10, OlderSeen = 5 };
        for (var i = 0; i < 14; i++) Absorb(EventType.View, $"v{i}", at: i, limits: limits); // v0 to v3 are older
        Absorb(EventType.View, "v0", at: 14, limits: limits);
        for (var i = 15; i < 30; i++) Absorb(EventType.View, $"v{i}", at: i, limits: limits);
        Assert.Equal(5, _state.OlderSeen.Count);
        Assert.True(_state.HasSeen("v0") == _state.OlderSeen.Contains(StableHash.Of("v0")));
        Assert.Equal(_state.OlderSeen.Count, _state.OlderSeen.Distinct().Count());
    }

    [Fact]
    public void Following_an_author_does_not_make_the_video_seen()
    {
        var limits = new ViewerLimits { RecentInteractions = 10 };
        Absorb(EventType.Follow, "v", limits: limits);
        Assert.False(_state.HasSeen("v"));
        for (var i = 0; i < 10; i++) Absorb(EventType.View, $"w{i}", at: 2000 + i, limits: limits);
        Assert.DoesNotContain(_state.Recent, r => r.VideoId == "v");
        Assert.False(_state.HasSeen("v"));
    }

    [Fact]
    public void What_the_viewer_does_not_want_is_hidden_for_good()
    {
        Absorb(EventType.NotInterested, "bad");
        Assert.True(_state.IsHidden("bad"));
        for (var i = 0; i < _limits.Hidden - 1; i++) Absorb(EventType.NotInterested, $"v{i}");
        Assert.True(_state.IsHidden("bad"));
        Absorb(EventType.NotInterested, "one too many");
        Assert.Equal(_limits.Hidden, _state.Hidden.Count);
        Assert.False(_state.IsHidden("bad"));
    }

    [Fact]
    public void A_viewer_of_a_million_events_stays_within_the_documented_bytes()
    {
        for (var i = 0; i < 1_000_000; i++)
            Absorb((EventType)(1 + (i % 7)), $"video-{i:D10}", at: 1_763_800_000_000 + (i * 137L), ratio: 0.5f);
        Assert.Equal(_limits.RecentInteractions, _state.Recent.Count);
        Assert.Equal(_limits.OlderSeen, _state.OlderSeen.Count);
        Assert.Equal(_limits.Hidden, _state.Hidden.Count);
        Assert.Equal(_limits.EventIds, _state.Recent.Count + _state.OlderEvents.Count);
        var idBytes = "video-0000000000".Length;
        var bound = 160 + (_limits.RecentInteractions * (idBytes + 16)) + (8 * (_limits.OlderSeen + _limits.Hidden)) + (5 * (_limits.EventIds - _limits.RecentInteractions));
        Assert.InRange(_state.Encode().Length, bound / 2, bound);
    }
}
