using Recommender.Hosting.Redis;
using StackExchange.Redis;

namespace Recommender.Tests.Unit.Hosting;

public sealed class HashTagsTests
{
    [Theory]
    [InlineData(true, "{u:a}:s", "{u:a}:r")]
    [InlineData(true, "{u:a}:s", "{u:a}:r", "{u:a}:s")]
    [InlineData(false, "{u:a}:s", "{u:b}:r")]
    [InlineData(false, "{u:a}:s", "{u:ab}:r")]
    [InlineData(false, "{u:a}:s")]
    [InlineData(false, "u:a", "u:a")]
    [InlineData(false, "{u:a", "{u:a")]
    [InlineData(false, "{}a", "{}b")]
    public void Keys_are_together_where_they_have_one_tag(bool expected, params string[] keys) =>
        Assert.Equal(expected, HashTags.AreOne(Array.ConvertAll(keys, key => (RedisKey)key)));
}
