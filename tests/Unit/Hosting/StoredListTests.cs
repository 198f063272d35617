using Recommender.Hosting.Online;

namespace Recommender.Tests.Unit.Hosting;

public sealed class StoredListTests
{
    private static readonly PrecomputedList s_list = new("m1", 5, [("a", 1.5f), (new string('\u00e9', 300), 0.5f), ("\U0001F3AC", -1f)]);

    [Fact]
    public void A_precomputed_list_survives_the_round_trip()
    {
        var list = new PrecomputedList("m1", 5, [("a", 1.5f), ("b", -1f)]);
        var read = PrecomputedList.Decode(list.Encode());
        Assert.Equal(list.ModelVersion, read.ModelVersion);
        Assert.Equal(list.Videos, read.Videos);
    }

    [Fact]
    public void It_says_what_was_stored()
    {
        var stored = new StoredList();
        stored.Read(new PrecomputedList("other", 7, [("x", 9), ("y", 8), ("z", 7), ("w", 6)]).Encode());
        stored.Read(s_list.Encode());
        Assert.Equal(("m1", 5L, 3), (stored.ModelVersion, stored.ComputedAtMs, stored.Count));
        Assert.Equal(s_list.Videos, Enumerable.Range(0, 3).Select(i => (stored.IdOf(i), stored.ScoreOf(i))));
        Assert.True(stored.CharactersOf(0).SequenceEqual("a"));
    }

    [Fact]
    public void A_value_that_ends_too_early_is_damaged()
    {
        var bytes = s_list.Encode();
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => new StoredList().Read(bytes.AsMemory(0, length)));
        bytes[0]++;
        Assert.Throws<InvalidDataException>(() => new StoredList().Read(bytes));
    }
}
