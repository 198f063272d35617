using Grpc.Core;

namespace Recommender.Hosting.Auth;

/// <summary>A program that may call, as the file of callers names it.</summary>
/// <param name="Name">Its name: 1 to 64 letters, digits, dots, underscores and hyphens.</param>
/// <param name="Scopes">What it may call; see <see cref="ServiceScopes"/>.</param>
/// <param name="Expires">From when on it may not call any more.</param>
public sealed record Caller(string Name, IReadOnlySet<string> Scopes, DateTimeOffset Expires)
{
    /// <summary>Key of the caller among what belongs to a call.</summary>
    internal static object Key { get; } = new();

    /// <summary>Who makes a call; null where callers need not prove themselves.</summary>
    public static Caller? Of(ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.UserState.TryGetValue(Key, out var caller) ? (Caller)caller : null;
    }

    /// <summary>Whether it may call what needs a scope; null needs none.</summary>
    public bool Has(string? scope) => scope is null || Scopes.Contains(ServiceScopes.All) || Scopes.Contains(scope);
}
