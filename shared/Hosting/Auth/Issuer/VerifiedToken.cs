namespace Recommender.Hosting.Auth.Issuer;

/// <summary>What a token with a good signature says.</summary>
/// <param name="Subject">Who it was given to (<c>sub</c>).</param>
/// <param name="Begins">From when on it holds.</param>
/// <param name="Ends">Until when.</param>
internal sealed record VerifiedToken(string Subject, DateTimeOffset Begins, DateTimeOffset Ends);
