namespace Recommender.Hosting.Online;

/// <summary>Texts that are in memory already, so that reading one of them again allocates nothing. Safe for concurrent use.</summary>
public interface IKnownTexts
{
    /// <summary>The text made of the characters; null when it is not known.</summary>
    string? Find(ReadOnlySpan<char> characters);
}
