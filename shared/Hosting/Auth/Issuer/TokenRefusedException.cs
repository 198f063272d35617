namespace Recommender.Hosting.Auth.Issuer;

/// <summary>An issuer's token proves nobody.</summary>
/// <param name="reason">Why, as metrics name it: <c>unknown</c> or <c>issuer_unreachable</c>.</param>
/// <param name="message">Why, for the caller: plain ASCII without percent signs, nothing of the token.</param>
internal sealed class TokenRefusedException(string reason, string message) : Exception(message)
{
    /// <summary>The issuer's keys could not be had.</summary>
    public const string Unreachable = "issuer_unreachable";

    /// <summary>Why, as metrics name it.</summary>
    public string Reason { get; } = reason;
}
