using Grpc.Core;

namespace Recommender.Hosting.Auth;

/// <summary>Who makes a call, or why it is refused.</summary>
/// <param name="Caller">Who; null: the call is refused.</param>
/// <param name="Status">How it is refused.</param>
/// <param name="Reason">Why, as metrics name it.</param>
/// <param name="Message">Why, for the caller: plain ASCII without percent signs, as the header wants it.</param>
internal readonly record struct CallerVerdict(Caller? Caller, StatusCode Status, string Reason, string Message)
{
    /// <summary>The call may go on.</summary>
    public static CallerVerdict Of(Caller caller) => new(caller, StatusCode.OK, "", "");

    /// <summary>Nobody has proved to be anybody.</summary>
    public static CallerVerdict Unauthenticated(string reason, string message) => new(null, StatusCode.Unauthenticated, reason, message);

    /// <summary>Who calls is known, and may not.</summary>
    public static CallerVerdict Denied(string reason, string message) => new(null, StatusCode.PermissionDenied, reason, message);
}
