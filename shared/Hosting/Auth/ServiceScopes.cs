using System.Collections.Frozen;

namespace Recommender.Hosting.Auth;

/// <summary>Which scope a gRPC service needs.</summary>
public static class ServiceScopes
{
    /// <summary>The scope that stands for all of them.</summary>
    public const string All = "*";

    private const string Reflection = "grpc.reflection.";

    private static readonly FrozenDictionary<string, string> s_byService = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["recommender.v1.IngestionService"] = "ingestion",
        ["recommender.v1.CatalogService"] = "catalog",
        ["recommender.v1.PrivacyService"] = "privacy",
        ["recommender.v1.FeatureService"] = "features",
        ["recommender.v1.TrainingService"] = "training",
        ["recommender.v1.ModelRegistryService"] = "registry",
        ["recommender.v1.RecommendationService"] = "recommendation",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The scopes that there are, beside <see cref="All"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_byService.Values.Order(StringComparer.Ordinal)];

    /// <summary>The scope that a service needs; null: any caller may call it, as reflection. A service without a scope of its own needs <see cref="All"/>.</summary>
    /// <param name="service">Full name, e.g. <c>recommender.v1.IngestionService</c>.</param>
    public static string? Of(string service) =>
        service.StartsWith(Reflection, StringComparison.Ordinal) ? null : s_byService.GetValueOrDefault(service, All);
}
