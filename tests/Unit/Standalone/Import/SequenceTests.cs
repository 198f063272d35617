using Recommender.Standalone.Import.Formats;

namespace Recommender.Tests.Unit.Standalone.Import;

public sealed class SequenceTests
{
    [Theory]
    [InlineData("7\t10 11 12\n")]
    [InlineData("7 10 11 12\r\n")]
    [InlineData("  7  10\t11 12 ")]
    public void The_items_after_the_user_are_views_oldest_first(string line)
    {
        var read = ImportedFile.Of("sequences", line);

        Assert.Equal(["view 7 10", "view 7 11", "view 7 12"], read.Said);
        var times = read.Events.Select(e => e.OccurredAt.ToDateTimeOffset()).ToArray();
        Assert.Equal([SequenceParser.Spacing, SequenceParser.Spacing], times.Skip(1).Zip(times, (later, earlier) => later - earlier));
    }

    [Fact]
    public void Everybodys_last_item_lies_in_the_last_spacing_and_at_the_same_place_each_time()
    {
        var text = string.Concat(Enumerable.Range(0, 500).Select(u => $"u{u} a b c\n"));
        var last = ImportedFile.Of("sequences", text).LineEvents.Where(e => e.IsLast).Select(e => e.Event.OccurredAt.ToDateTimeOffset()).ToArray();

        Assert.All(last, at => Assert.InRange(at, SequenceParser.End - SequenceParser.Spacing, SequenceParser.End - TimeSpan.FromTicks(1)));
        Assert.True(last.Distinct().Count() > 200);
        Assert.Equal(last, ImportedFile.Of("sequences", text).LineEvents.Where(e => e.IsLast).Select(e => e.Event.OccurredAt.ToDateTimeOffset()));
    }

    [Fact]
    public void An_item_that_comes_twice_is_two_events() =>
        Assert.Equal(2, ImportedFile.Of("sequences", "7 10 10\n").Events.Select(e => e.EventId).Distinct().Count());

    [Fact]
    public void A_user_without_items_is_a_bad_line() =>
        Assert.Equal("there are no items after the user", Assert.Single(ImportedFile.Of("sequences", "7\n8 9\n").BadLines).Reason);
}
