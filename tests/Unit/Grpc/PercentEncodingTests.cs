using Grpc.Wire;

namespace Recommender.Tests.Unit.GrpcRuntime;

/// <summary>The encoding of grpc-message.</summary>
public sealed class PercentEncodingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain text, (with) ~punctuation!", "plain text, (with) ~punctuation!")]
    [InlineData("100%", "100%25")]
    [InlineData("a\r\nb\t\u007f", "a%0D%0Ab%09%7F")]
    [InlineData("é漢🎬", "%C3%A9%E6%BC%A2%F0%9F%8E%AC")]
    public void Bytes_outside_printable_ascii_are_escaped(string text, string encoded) =>
        Assert.Equal(encoded, PercentEncoding.Encode(text));

    [Fact]
    public void Half_a_surrogate_pair_is_replaced() => Assert.Equal("a%EF%BF%BD", PercentEncoding.Encode("a" + (char)0xd800));

    [Theory]
    [InlineData("%C3%A9%e6%bc%a2", "é漢")]
    [InlineData("50%", "50%")]
    [InlineData("50%Z1%", "50%Z1%")]
    [InlineData("%+1%4", "%+1%4")]
    [InlineData("%FF", "\ufffd")]
    [InlineData("é%41", "éA")]
    public void Escapes_are_read_and_broken_ones_kept(string encoded, string text) =>
        Assert.Equal(text, PercentEncoding.Decode(encoded));

    [Fact]
    public void Any_text_survives_the_way()
    {
        var random = new Random(3);
        for (var i = 0; i < 500; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => char.ConvertFromUtf32(random.Next(0xd800))));
            var encoded = PercentEncoding.Encode(text);
            Assert.DoesNotContain(encoded, character => character is < ' ' or > '~');
            Assert.Equal(text, PercentEncoding.Decode(encoded));
        }
    }
}
