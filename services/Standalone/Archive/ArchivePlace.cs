using Recommender.Hosting.Configuration;
using Recommender.Hosting.Objects;
using Recommender.Standalone.Cli;
using Recommender.Standalone.Inspect;

namespace Recommender.Standalone.Archive;

/// <summary>Where an archive is: a folder, or <c>s3://bucket/path</c>, reached by the settings <c>ObjectStore</c> of the environment.</summary>
internal static class ArchivePlace
{
    private const string Scheme = "s3://";

    /// <summary>The archive, which must be there.</summary>
    /// <exception cref="CommandFailure">There is no such folder or bucket, or it may not be read.</exception>
    public static IObjectStore Open(string place)
    {
        if (!place.StartsWith(Scheme, StringComparison.Ordinal))
            return Directory.Exists(place) ? new FolderStore(place) : throw new CommandFailure($"There is no folder {place}; name the archive with --archive.");
        var (bucket, path) = place[Scheme.Length..].Split('/', 2) is [var first, var rest] ? (first, rest.Trim('/')) : (place[Scheme.Length..], "");
        if (bucket.Length == 0) throw CommandFailure.Usage($"--archive is {place}; allowed is a folder or s3://BUCKET/PATH.");
        var options = OptionsBinding.Bind<ObjectStoreOptions>(KafkaConnection.Environment()) with { Bucket = bucket, Prefix = "" };
        var store = new S3Store(options, path.Length > 0 ? path + "/" : "", Path.Combine(Path.GetTempPath(), "recommender-archive"), TimeProvider.System);
        try
        {
            store.Check(forWriting: false);
        }
        catch (ObjectStoreException e)
        {
            throw new CommandFailure(e.Message, ExitCode.Failed, e);
        }
        return store;
    }
}
