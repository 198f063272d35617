using Grpc.Core;
using Recommender.Training;

namespace Recommender.Tests.Unit.Training;

public sealed class PageTokensTests
{
    private static readonly string[] s_keys = [.. Enumerable.Range(0, 120).Select(i => $"k{i:D3}").Reverse()];

    private static (IReadOnlyList<string> Page, string NextToken) Cut(IEnumerable<string> keys, int size, string token) => PageTokens.Cut(keys, k => k, size, token);

    [Fact]
    public void Pages_follow_one_another_without_gap_or_repetition()
    {
        var (all, token) = (new List<string>(), "");
        do
        {
            (var page, token) = Cut(s_keys, 7, token);
            all.AddRange(page);
        }
        while (token.Length > 0);
        Assert.Equal(s_keys, all);
    }

    [Fact]
    public void New_entries_do_not_shift_the_next_page()
    {
        var (_, token) = Cut(s_keys, 10, "");
        Assert.Equal(s_keys[10], Cut(["z1", "z2", .. s_keys], 10, token).Page[0]);
    }

    [Fact]
    public void The_last_page_has_no_token()
    {
        Assert.Equal("", Cut(s_keys, 120, "").NextToken);
        Assert.NotEqual("", Cut(s_keys, 119, "").NextToken);
        Assert.Equal("", Cut([], 5, "").NextToken);
    }

    [Fact]
    public void Zero_stands_for_fifty() => Assert.Equal(50, Cut(s_keys, 0, "").Page.Count);

    [Theory]
    [InlineData(-1)]
    [InlineData(1001)]
    public void A_page_size_out_of_range_is_refused(int size)
    {
        var error = Assert.Throws<RpcException>(() => Cut(s_keys, size, ""));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("page_size", error.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("k050")]
    [InlineData("!")]
    [InlineData("MTo=")]
    [InlineData("Mjp4")]
    [InlineData(" MTprMDUw")]
    public void A_token_that_nobody_gave_out_is_refused(string token)
    {
        var error = Assert.Throws<RpcException>(() => Cut(s_keys, 5, token));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("page_token", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_sort_by_time_even_within_a_millisecond_and_when_the_clock_goes_back()
    {
        var time = new FakeTime();
        var ids = new SortableIds(time);
        var made = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            if (i == 20) time.Now -= TimeSpan.FromHours(1);
            if (i == 30) time.Now += TimeSpan.FromHours(2);
            made.Add(ids.Next());
        }
        Assert.Equal(made.Order(StringComparer.Ordinal), made);
        Assert.Equal(50, made.Distinct().Count());
        Assert.StartsWith("20261122T083000000Z-", made[0], StringComparison.Ordinal);
    }
}
