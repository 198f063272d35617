using Recommender.Modeling.Sparse;

namespace Recommender.Tests.Unit.Modeling.Sparse;

public sealed class IdIndexTests
{
    [Fact]
    public void Ids_are_numbered_in_the_order_of_their_first_appearance()
    {
        var index = new IdIndex(["b", "a", "b", "c"]);
        Assert.Equal(["b", "a", "c"], index.Ids);
        Assert.Equal(1, index.Add("a"));
        Assert.Equal(3, index.Add("d"));
        Assert.Equal("c", index[2]);
        Assert.True(index.TryGet("d", out var number));
        Assert.Equal(3, number);
        Assert.False(index.TryGet("e", out _));
    }

    [Fact]
    public void Ids_that_only_look_alike_stay_apart()
    {
        string[] ids = ["é", "e\u0301", "I", "ı", "i", "ﬀ", "ff", "\U0001F3AC", " ", ""];
        Assert.Equal(ids.Length, new IdIndex(ids).Count);
    }
}
