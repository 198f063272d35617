using Recommender.Contracts;

namespace Recommender.Hosting.Online;

/// <summary>Numbers that stand for topics in stored values. They never change meaning.</summary>
public static class TopicNumbers
{
    /// <summary>The number of a topic whose log is absorbed into online state.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No online state comes from that topic.</exception>
    public static byte Of(string topic) => topic switch
    {
        Topics.View => 0,
        Topics.Like => 1,
        Topics.Share => 2,
        Topics.Feedback => 3,
        Topics.Catalog => 4,
        Topics.Erasure => 5,
        _ => throw new ArgumentOutOfRangeException(nameof(topic), topic, "no online state comes from this topic"),
    };
}
