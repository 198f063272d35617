using Grpc.Core;
using Grpc.Wire;

namespace Recommender.Tests.Unit.GrpcRuntime;

/// <summary>Metadata and its way into headers and back.</summary>
public sealed class MetadataTests
{
    [Theory]
    [InlineData("AAECAw", new byte[] { 0, 1, 2, 3 })]
    [InlineData("AAECAw==", new byte[] { 0, 1, 2, 3 })]
    [InlineData("AAEC", new byte[] { 0, 1, 2 })]
    [InlineData("", new byte[0])]
    public void Base64_is_read_with_and_without_padding(string text, byte[] expected)
    {
        Assert.True(MetadataCodec.TryFromBase64(text, out var bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("AA$=")]
    [InlineData("_-__")]
    public void What_is_not_base64_is_refused(string text) => Assert.False(MetadataCodec.TryFromBase64(text, out _));

    [Fact]
    public void Bytes_of_any_length_survive_the_way()
    {
        for (var length = 0; length < 3000; length += 7)
        {
            var bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            var header = MetadataCodec.ToHeader(new Metadata.Entry("x-bin", bytes));
            Assert.DoesNotContain('=', header);
            var received = new Metadata();
            Assert.True(MetadataCodec.TryAddReceived(received, "x-bin", header));
            Assert.Equal(bytes, Assert.Single(received).ValueBytes);
        }
    }

    [Fact]
    public void Joined_binary_values_become_entries_of_their_own()
    {
        var received = new Metadata();
        Assert.True(MetadataCodec.TryAddReceived(received, "x-bin", "AQ, AgM=,"));
        Assert.Equal([[1], [2, 3], []], received.Select(entry => entry.ValueBytes));
    }

    [Fact]
    public void Text_keeps_its_commas()
    {
        var received = new Metadata();
        Assert.True(MetadataCodec.TryAddReceived(received, "x", "a, b"));
        Assert.Equal("a, b", received.GetValue("X"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a key")]
    [InlineData("a:b")]
    [InlineData("ключ")]
    public void A_key_has_few_characters(string key) => Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "v"));

    [Theory]
    [InlineData("line\nbreak")]
    [InlineData("é")]
    [InlineData("\0")]
    public void Text_is_printable_ascii(string value) => Assert.Throws<ArgumentException>(() => new Metadata.Entry("x", value));

    [Fact]
    public void The_ending_of_a_key_says_what_it_holds()
    {
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("x-bin", "text"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("x", [1]));
        Assert.Throws<InvalidOperationException>(() => new Metadata.Entry("x-bin", [1]).Value);
        Assert.Equal("x-y", new Metadata.Entry("X-Y", "v").Key);
    }

    [Fact]
    public void An_entrys_bytes_are_its_own()
    {
        byte[] bytes = [1];
        var entry = new Metadata.Entry("x-bin", bytes);
        bytes[0] = 2;
        entry.ValueBytes[0] = 3;
        Assert.Equal([1], entry.ValueBytes);
    }

    [Fact]
    public void The_last_value_of_a_key_is_the_one_asked_for()
    {
        var metadata = new Metadata { { "a", "1" }, { "b", "2" }, { "A", "3" } };
        Assert.Equal("3", metadata.GetValue("a"));
        Assert.Equal(["1", "3"], metadata.GetAll("a").Select(entry => entry.Value));
        Assert.Null(metadata.Get("c"));
    }

    [Fact]
    public void The_empty_metadata_stays_empty()
    {
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("a", "b"));
        Assert.Empty(Metadata.Empty);
        var one = new Metadata { { "a", "b" } };
        Assert.Empty(new Metadata());
        Assert.Single(one);
    }
}
