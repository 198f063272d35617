namespace Recommender.Hosting.Objects;

/// <summary>The object store does not answer, or refuses.</summary>
/// <param name="message">One sentence for an operator.</param>
/// <param name="isRefusal">Whether it answered and refused, as it will again: wrong credentials, or no such bucket.</param>
/// <param name="cause">The cause.</param>
public sealed class ObjectStoreException(string message, bool isRefusal, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>Whether it answered and refused, as it will again: wrong credentials, or no such bucket.</summary>
    public bool IsRefusal { get; } = isRefusal;
}
