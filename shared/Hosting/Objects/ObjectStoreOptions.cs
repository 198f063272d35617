using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Objects;

/// <summary>
/// An S3-compatible store in the place of shared folders: with a bucket the archive and the models are there, and the folders of <c>Storage</c> are what each
/// process works in. Without a bucket there is no store, and the folders are shared.
/// </summary>
public sealed record ObjectStoreOptions : IOptionsRecord
{
    /// <inheritdoc/>
    public static string Section => "ObjectStore";

    /// <summary>The bucket, which must be there; empty: there is no store.</summary>
    public string Bucket { get; init; } = "";

    /// <summary>What the names of all objects begin with, e.g. <c>recommender/</c>; empty: nothing. It ends with '/'.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Address of the store, e.g. <c>https://minio:9000</c>; empty: Amazon's of the region.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>The region that requests are signed for.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Whether the bucket is named in the path instead of the host's name, as most stores but Amazon's want it.</summary>
    public bool PathStyle { get; init; } = true;

    /// <summary>File with the access key; empty: credentials as Amazon's tools find them (environment, profile, role of the pod).</summary>
    public string AccessKeyFile { get; init; } = "";

    /// <summary>File with the secret key to it.</summary>
    public string SecretKeyFile { get; init; } = "";

    /// <summary>Time for one request, of at most 64 MiB. 1 second to 1 hour.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Mebibytes of finished files that may wait to be sent when the store is away; beyond that, writing files pauses. 1 to 1,048,576.</summary>
    public int SpoolMegabytes { get; init; } = 4096;

    /// <summary>Time between two looks of a training process for new files of the archive. 1 second to 1 day.</summary>
    public TimeSpan FetchInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Model versions that a process keeps in its folder, besides the live one; the others are fetched again when they are needed. 0 to 100.</summary>
    public int CachedModels { get; init; } = 2;

    /// <summary>How long a finished model waits for a store that is away, before its run fails. 0 to 1 day.</summary>
    public TimeSpan PublishPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether there is a store.</summary>
    public bool IsConfigured => Bucket.Length > 0;

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.That(Prefix.Length == 0 || (Prefix.EndsWith('/') && !Prefix.StartsWith('/')), Prefix, "it must be empty, or end with '/' and not begin with it");
        check.That(Endpoint.Length == 0 || (Uri.TryCreate(Endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"), Endpoint, "it must be a URL with http or https");
        check.NotEmpty(Region);
        check.That(AccessKeyFile.Length == 0 || SecretKeyFile.Length > 0, AccessKeyFile, "ObjectStore:SecretKeyFile must come with it");
        check.That(SecretKeyFile.Length == 0 || AccessKeyFile.Length > 0, SecretKeyFile, "ObjectStore:AccessKeyFile must come with it");
        check.That(AccessKeyFile.Length == 0 || HasText(AccessKeyFile), AccessKeyFile, "it must name a file with an access key");
        check.That(SecretKeyFile.Length == 0 || HasText(SecretKeyFile), SecretKeyFile, "it must name a file with a secret key");
        check.Range(Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        check.Range(SpoolMegabytes, 1, 1 << 20);
        check.Range(FetchInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        check.Range(CachedModels, 0, 100);
        check.Range(PublishPatience, TimeSpan.Zero, TimeSpan.FromDays(1));
    }

    private static bool HasText(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim().Length > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
