using System.Globalization;
using System.Text;
using Recommender.Tests.Unit.Modeling;
using Recommender.Training.Dataset;

namespace Recommender.Tests.Unit.Training.Dataset;

public sealed class UtcTimesTests
{
    [Fact]
    public void Times_are_what_they_say_whatever_came_before() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var times = new UtcTimes();
        var time = new DateTimeOffset(1969, 12, 31, 23, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < 500; i++)
        {
            time = time.AddMilliseconds(random.Next(-2_000, random.Next(10) == 0 ? 90_000_000 : 20_000));
            var format = random.Next(5) switch { 0 => "yyyy-MM-ddTHH:mm:ssZ", 1 => "yyyy-MM-ddTHH:mm:ss.ffffffZ", _ => "yyyy-MM-ddTHH:mm:ss.fffZ" };
            var text = time.ToString(format, CultureInfo.InvariantCulture);
            Assert.True(times.TryParse(Encoding.UTF8.GetBytes(text), out var milliseconds));
            Assert.Equal(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), milliseconds);
        }
    });

    [Fact]
    public void The_minute_before_makes_nothing_right_that_is_wrong()
    {
        var good = "2026-11-22T08:30:41.507Z"u8.ToArray();
        var kept = new UtcTimes();
        for (var at = 0; at < good.Length; at++)
        {
            for (var value = 0; value < 256; value++)
            {
                var bad = good.ToArray();
                bad[at] = (byte)value;
                Assert.True(kept.TryParse(good, out _));
                var isTime = new UtcTimes().TryParse(bad, out var alone);
                Assert.Equal((isTime, alone), (kept.TryParse(bad, out var after), isTime ? after : alone));
            }
        }
    }
}
