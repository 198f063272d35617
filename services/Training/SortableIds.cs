using System.Globalization;
using System.Security.Cryptography;

namespace Recommender.Training;

/// <summary>
/// Makes ids such as <c>20261122T083000123Z-1f3a</c> that sort by the time at which they were made. Safe for concurrent use.
/// </summary>
internal sealed class SortableIds(TimeProvider time)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _last;

    /// <summary>A new id, greater than all before of this instance.</summary>
    public string Next()
    {
        DateTimeOffset now;
        lock (_lock)
        {
            now = time.GetUtcNow();
            now = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
            if (now <= _last) now = _last.AddMilliseconds(1);
            _last = now;
        }
        return now.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture) + "-" + RandomNumberGenerator.GetHexString(4, lowercase: true);
    }
}
