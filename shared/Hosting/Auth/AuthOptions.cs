using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Auth;

/// <summary>Who may call the gRPC doors. Section <c>Auth</c>.</summary>
public sealed record AuthOptions : IOptionsRecord
{
    /// <inheritdoc/>
    public static string Section => "Auth";

    /// <summary>
    /// File that names the callers, how each proves itself (a bearer token's SHA-256, or the name in its certificate), and its scopes. It is read
    /// again when it changes. Empty: whoever reaches the door may call.
    /// </summary>
    public string CallersPath { get; init; } = "";

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        // The file itself is judged when it is read, with the number of the wrong line.
    }
}
