using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Artifacts;

/// <summary>Where files live that several services share: on Kubernetes a volume, on one machine the data directory.</summary>
public sealed record StorageOptions : IOptionsRecord
{
    /// <inheritdoc/>
    public static string Section => "Storage";

    /// <summary>Folder of the event archive, the offline store.</summary>
    public string ArchivePath { get; init; } = "data/archive";

    /// <summary>Folder of models, training runs and the record of what is live.</summary>
    public string ModelsPath { get; init; } = "data/models";

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        check.NotEmpty(ArchivePath);
        check.NotEmpty(ModelsPath);
        check.That(!File.Exists(ArchivePath), ArchivePath, "it must be a folder");
        check.That(!File.Exists(ModelsPath), ModelsPath, "it must be a folder");
    }
}
