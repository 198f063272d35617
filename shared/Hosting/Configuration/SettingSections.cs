using Microsoft.Extensions.Configuration;

namespace Recommender.Hosting.Configuration;

/// <summary>The sections of settings that there are. A process may be given those of another service, which it ignores, but none that no service has.</summary>
public static class SettingSections
{
    private const string Logging = "Logging"; // .NET's own

    /// <summary>Their names: those of all options records.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "Archive", "Auth", "Experiments", "Features", "Feed", "Ingestion", "Kafka", "ObjectStore", "OnDemand", "Pseudonyms", "Redis", "Server", "Serving", "Storage",
        "Training", "Viewers",
    ];

    /// <summary>Refuses a section that no service has.</summary>
    /// <exception cref="OptionsException">There is one.</exception>
    public static void RefuseUnknown(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        foreach (var section in configuration.GetChildren())
        {
            if (!section.GetChildren().Any() || Names.Append(Logging).Contains(section.Key, StringComparer.OrdinalIgnoreCase)) continue;
            throw new OptionsException($"{section.Key} is no section of settings; sections are {string.Join(", ", Names)} and {Logging}.");
        }
    }
}
