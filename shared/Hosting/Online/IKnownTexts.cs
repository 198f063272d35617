namespace Recommender.Hosting.Online;

/// <summary>Texts that are in memory already, so that reading one of them again allocates nothing. Safe for concurrent use.</summary>
public interface IKnownTexts
{
    /// <summary>The text made of the characters; null when it is not known.</summary>
    /// <param name="characters">The characters.</param>
    /// <param name="number">The number that the text has here, as a video's id has; -1 when it has none.</param>
    string? Find(ReadOnlySpan<char> characters, out int number);
}
