namespace Recommender.Hosting.Configuration;

/// <summary>A setting is wrong. The message is one sentence for the operator: the key, the value and what is allowed.</summary>
public sealed class OptionsException : Exception
{
    /// <summary>With a sentence.</summary>
    public OptionsException(string message) : base(message) { }

    /// <summary>With a sentence and its cause.</summary>
    public OptionsException(string message, Exception inner) : base(message, inner) { }
}
