using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Pipeline;

public class AnswerLadderTests
{
    private static readonly LadderFacts s_healthy = new(
        StateKnown: true, ListKnown: true, HasList: true, HasEvents: true, HasNews: true, CanFoldIn: true, IsHindered: false, IsTrendingCurrent: true);

    private static void Expect(LadderFacts facts, Tier tier, Degradation degradation)
    {
        Assert.Equal(tier, AnswerLadder.Choose(facts));
        Assert.Equal(degradation, AnswerLadder.Describe(facts, AnswerLadder.Choose(facts)));
    }

    [Fact]
    public void News_about_the_viewer_make_a_real_time_answer() => Expect(s_healthy, Tier.RealTime, Degradation.None);

    [Fact]
    public void Without_news_the_list_is_the_best_answer() =>
        Expect(s_healthy with { HasNews = false }, Tier.Precomputed, Degradation.None);

    [Fact]
    public void A_new_viewer_gets_what_trends_and_nothing_is_degraded() =>
        Expect(s_healthy with { HasList = false, HasEvents = false, CanFoldIn = false }, Tier.Trending, Degradation.None);

    [Fact]
    public void A_viewer_whose_videos_no_model_knows_gets_what_trends_and_nothing_is_degraded() =>
        Expect(s_healthy with { HasList = false, CanFoldIn = false }, Tier.Trending, Degradation.None);

    [Fact]
    public void News_that_no_time_or_model_is_left_for_leave_the_list_and_say_so() =>
        Expect(s_healthy with { CanFoldIn = false, IsHindered = true }, Tier.Precomputed, Degradation.PrecomputedOnly);

    [Fact]
    public void News_that_no_time_or_model_is_left_for_leave_trending_where_there_is_no_list() =>
        Expect(s_healthy with { CanFoldIn = false, IsHindered = true, HasList = false }, Tier.Trending, Degradation.TrendingOnly);

    [Fact]
    public void A_hindrance_does_not_matter_to_a_viewer_without_news() =>
        Expect(s_healthy with { CanFoldIn = false, IsHindered = true, HasNews = false }, Tier.Precomputed, Degradation.None);

    [Fact]
    public void A_list_without_the_state_is_precomputed_only() =>
        Expect(s_healthy with { StateKnown = false, HasEvents = false, HasNews = false, CanFoldIn = false }, Tier.Precomputed, Degradation.PrecomputedOnly);

    [Fact]
    public void Without_Redis_current_trending_is_trending_only() => Expect(
        s_healthy with { StateKnown = false, ListKnown = false, HasList = false, HasEvents = false, CanFoldIn = false },
        Tier.Trending, Degradation.TrendingOnly);

    [Fact]
    public void Without_Redis_old_trending_is_stale() => Expect(
        s_healthy with { StateKnown = false, ListKnown = false, HasList = false, HasEvents = false, CanFoldIn = false, IsTrendingCurrent = false },
        Tier.Trending, Degradation.Stale);

    [Fact]
    public void Without_Redis_recent_videos_still_fold_in_from_this_replicas_memory() => Expect(
        s_healthy with { StateKnown = false, ListKnown = false, HasList = false }, Tier.RealTime, Degradation.Stale);
}
