using System.Text;
using Recommender.Hosting.Kafka;

namespace Recommender.Tests.Unit.Hosting.Kafka;

public sealed class Murmur2Tests
{
    // Kafka's own test vectors: org.apache.kafka.common.utils.UtilsTest.testMurmur2.
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void The_hash_equals_that_of_the_Java_client(string key, int expected) =>
        Assert.Equal(expected, unchecked((int)Murmur2.Hash(Encoding.UTF8.GetBytes(key))));

    [Fact]
    public void The_partition_is_the_hash_without_its_sign_modulo_the_partitions()
    {
        Assert.Equal((-973932308 & 0x7fffffff) % 8, Murmur2.PartitionOf("21"u8, 8));
        Assert.Equal(479470107 % 7, Murmur2.PartitionOf("abc"u8, 7));
    }

    [Fact]
    public void There_must_be_a_partition() => Assert.Throws<ArgumentOutOfRangeException>(() => Murmur2.PartitionOf("x"u8, 0));
}
