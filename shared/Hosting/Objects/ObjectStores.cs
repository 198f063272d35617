using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Objects;

/// <summary>Where archive and models are: in a bucket, or in shared folders.</summary>
public sealed class ObjectStores : IDisposable
{
    private readonly string _archivePath;

    /// <summary>Prepares the stores; nothing is asked yet.</summary>
    public ObjectStores(StorageOptions storage, ObjectStoreOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(options);
        _archivePath = storage.ArchivePath;
        if (!options.IsConfigured) return;
        ArchiveBucket = new S3Store(options, "archive/", Path.Combine(storage.ArchivePath, WorkFolder), time);
        ModelsBucket = new S3Store(options, "models/", Path.Combine(storage.ModelsPath, WorkFolder), time);
    }

    /// <summary>Folder for files on their way, inside the folder that a process works in.</summary>
    public const string WorkFolder = ".work";

    /// <summary>The archive in a bucket; null where it is a folder.</summary>
    public S3Store? ArchiveBucket { get; }

    /// <summary>The models in a bucket; null where they are in a folder.</summary>
    public S3Store? ModelsBucket { get; }

    /// <summary>The archive, wherever it is.</summary>
    public IObjectStore Archive => (IObjectStore?)ArchiveBucket ?? new FolderStore(_archivePath);

    /// <inheritdoc/>
    public void Dispose()
    {
        ArchiveBucket?.Dispose();
        ModelsBucket?.Dispose();
    }
}

/// <summary>Registers what this folder offers.</summary>
public static class ObjectStoreServices
{
    /// <summary>Adds <see cref="ObjectStores"/>, and asks for the bucket when the process starts. Register what uses them afterwards.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="writes">Which stores the process writes to, and which it only reads.</param>
    public static ObjectStoreOptions AddObjectStores(this IHostApplicationBuilder builder, StoreUse writes)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.AddOptionsRecord<ObjectStoreOptions>();
        builder.Services.TryAddSingleton<ObjectStores>();
        if (options.IsConfigured) builder.Services.AddHostedService(p => ActivatorUtilities.CreateInstance<ObjectStoreCheck>(p, writes));
        return options;
    }
}

/// <summary>What a process writes.</summary>
public enum StoreUse
{
    /// <summary>The archive.</summary>
    WritesArchive,

    /// <summary>Models; it reads the archive.</summary>
    WritesModels,

    /// <summary>Nothing; it reads models.</summary>
    ReadsModels,
}
