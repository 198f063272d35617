namespace Recommender.Serving.Pipeline;

/// <summary>What a source may use for one answer, as the source itself proposes; settings may say otherwise.</summary>
/// <param name="Quota">Videos that it may contribute, from 1.</param>
/// <param name="Timeout">After which the answer is made without waiting for more of it.</param>
internal readonly record struct SourceLimits(int Quota, TimeSpan Timeout)
{
    /// <summary>For sources that only look into memory.</summary>
    public static SourceLimits Memory(int quota) => new(quota, TimeSpan.FromMilliseconds(20));

    /// <summary>With what the settings say instead.</summary>
    public SourceLimits With(SourceSettings settings) => new(settings.Quota ?? Quota, settings.Timeout ?? Timeout);
}
