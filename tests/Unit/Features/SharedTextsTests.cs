using System.Text;
using Recommender.Features.Consuming;

namespace Recommender.Tests.Unit.Features;

public sealed class SharedTextsTests
{
    [Fact]
    public void Every_text_is_itself_whatever_took_its_place_and_most_are_one_object()
    {
        var texts = new SharedTexts();
        var shared = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var id = i % 7 == 0 ? $"vidéo-{i % 5000}" : $"video-{i % 5000}";
            var (first, second) = (texts.Of(Encoding.UTF8.GetBytes(id)), texts.Of(Encoding.UTF8.GetBytes(id)));
            Assert.Equal((id, id), (first, second));
            if (ReferenceEquals(first, second)) shared++;
        }
        Assert.InRange(shared, 80_000, 90_000); // all but those of another alphabet
    }
}
