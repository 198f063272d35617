using Recommender.Hosting.Online;

namespace Recommender.Tests.Unit.Hosting;

public class CatalogEntryTests
{
    [Fact]
    public void A_catalog_entry_survives_the_round_trip()
    {
        var json = """{"video_id":"v","title":"a\nb"}"""u8.ToArray();
        var bytes = new CatalogEntry(0xFEDC_BA98_0000_0001, 1234567, json).Encode();
        Assert.StartsWith("fedcba9800000001 1234567\n{", System.Text.Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        var read = CatalogEntry.Decode(bytes);
        Assert.Equal((0xFEDC_BA98_0000_0001, 1234567L), (read.Log, read.Offset));
        Assert.Equal(json, read.Json.ToArray());
        Assert.Equal("v", read.ToVideo()!.VideoId);
        var deleted = CatalogEntry.Decode(new CatalogEntry(1, 0, default).Encode());
        Assert.True(deleted.IsDeleted);
        Assert.Null(deleted.ToVideo());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n{}")]
    [InlineData("fedcba98 12\n{}")]
    [InlineData("fedcba9800000001 \n{}")]
    [InlineData("fedcba9800000001 12x\n{}")]
    [InlineData("fedcba9800000001 12")]
    [InlineData("xedcba9800000001 12\n{}")]
    public void A_damaged_catalog_entry_is_refused(string text) =>
        Assert.Throws<InvalidDataException>(() => CatalogEntry.Decode(System.Text.Encoding.UTF8.GetBytes(text)));
}
