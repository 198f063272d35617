using System.Text;
using Recommender.Tests.Unit.Modeling;
using Recommender.Training.Dataset;

namespace Recommender.Tests.Unit.Training.Dataset;

public sealed class Utf8IndexTests
{
    [Fact]
    public void Texts_are_numbered_in_the_order_of_their_first_appearance() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var (index, list, expected) = (new Utf8Index(), new Utf8List(), new Dictionary<string, int>());
        for (var i = 0; i < 400; i++)
        {
            // Alike at both ends, where the table looks first.
            var middle = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => (char)('a' + random.Next(2))));
            var text = random.Next(4) == 0 ? middle : "12345678" + middle + "短视频12345678";
            expected.TryAdd(text, expected.Count);
            Assert.Equal(expected[text], index.Add(Encoding.UTF8.GetBytes(text)));
            list.Add(Encoding.UTF8.GetBytes(text));
        }

        Assert.Equal(expected.Keys, Enumerable.Range(0, index.Texts.Count).Select(n => Encoding.UTF8.GetString(index.Texts[n])));
        var numbers = Enumerable.Range(0, list.Count).Select(_ => random.Next(2) - 2).ToArray();
        var wanted = numbers.Select((n, i) => n == -2 ? expected[Encoding.UTF8.GetString(list[i])] : n).ToArray();
        index.Add(list, wanted: -2, numbers);
        Assert.Equal(wanted, numbers);
    });

    [Fact]
    public void What_is_no_UTF8_has_no_number()
    {
        var index = new Utf8Index();
        Assert.Equal(-1, index.Add([0xFF, 0xFE]));
        Assert.Equal(0, index.Add("a"u8));
        index.Clear();
        Assert.Equal(0, index.Add("b"u8));
    }
}
