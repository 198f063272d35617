using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;

namespace Recommender.Hosting.Objects;

/// <summary>Amazon's client as it suits other stores as well, and its errors as sentences.</summary>
internal static class S3Clients
{
    private const int Retries = 2;

    /// <summary>Makes a client; nothing is asked yet.</summary>
    public static IAmazonS3 Create(ObjectStoreOptions options)
    {
        var config = new AmazonS3Config
        {
            AuthenticationRegion = options.Region, ForcePathStyle = options.PathStyle, Timeout = options.Timeout, MaxErrorRetry = Retries,
            // Newer checksums are unknown to many stores. The signature covers the content, and its checksum is kept with it.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint.Length > 0) config.ServiceURL = options.Endpoint;
        else config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(options.Region);
        return options.AccessKeyFile.Length > 0 ? new AmazonS3Client(new FileCredentials(options), config) : new AmazonS3Client(config);
    }

    /// <summary>
    /// Waits for a call. Whoever stores objects does so on a thread of its own, as with files, and the client has asynchronous calls only.
    /// </summary>
    /// <param name="options">Where and for how long.</param>
    /// <param name="call">The call.</param>
    /// <param name="perRequest">Whether it is one request, which has a bounded time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ObjectStoreException">The store does not answer, or refuses.</exception>
    /// <exception cref="FileNotFoundException">There is no such object.</exception>
    public static T Call<T>(ObjectStoreOptions options, Func<CancellationToken, Task<T>> call, bool perRequest, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (perRequest) patience.CancelAfter((Retries + 1) * options.Timeout);
        try
        {
            return Task.Run(() => call(patience.Token), cancellationToken).GetAwaiter().GetResult();
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode != "NoSuchBucket")
        {
            throw new FileNotFoundException($"the object store has no such object: {e.Message}", e);
        }
        catch (Exception e) when (IsOfStore(e) && !cancellationToken.IsCancellationRequested)
        {
            throw Describe(options, e);
        }
    }

    private static bool IsOfStore(Exception e) =>
        e is AmazonServiceException or AmazonClientException or HttpRequestException or OperationCanceledException or TimeoutException or SocketException
        || (e is IOException and not (FileNotFoundException or DirectoryNotFoundException) && e.InnerException is SocketException or HttpRequestException);

    private static ObjectStoreException Describe(ObjectStoreOptions options, Exception e)
    {
        var store = options.Endpoint.Length > 0 ? $"the object store {options.Endpoint}" : $"Amazon S3 in {options.Region}";
        return e switch
        {
            AmazonS3Exception { ErrorCode: "NoSuchBucket" } => new ObjectStoreException($"ObjectStore:Bucket is {options.Bucket}; {store} has no such bucket.", isRefusal: true, e),
            AmazonS3Exception { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } s3 => new ObjectStoreException(
                $"{store} refuses the credentials for the bucket {options.Bucket} ({s3.ErrorCode}); see ObjectStore:AccessKeyFile and SecretKeyFile.", isRefusal: true, e),
            AmazonClientException when e.Message.Contains("credential", StringComparison.OrdinalIgnoreCase) => new ObjectStoreException(
                $"there are no credentials for {store}: neither ObjectStore:AccessKeyFile nor Amazon's environment, profile or role has any.", isRefusal: true, e),
            OperationCanceledException or TimeoutException => new ObjectStoreException($"{store} does not answer in time", isRefusal: false, e),
            _ => new ObjectStoreException($"{store} does not answer: {e.Message}", isRefusal: false, e),
        };
    }

    /// <summary>Keys from files, read again now and then, since secrets are renewed in place.</summary>
    private sealed class FileCredentials(ObjectStoreOptions options) : AWSCredentials
    {
        private static readonly TimeSpan s_age = TimeSpan.FromMinutes(1);
        private readonly Lock _lock = new();
        private ImmutableCredentials? _read;
        private long _readAt;

        public override ImmutableCredentials GetCredentials()
        {
            lock (_lock)
            {
                if (_read is null || TimeProvider.System.GetElapsedTime(_readAt) > s_age)
                {
                    _read = new ImmutableCredentials(File.ReadAllText(options.AccessKeyFile).Trim(), File.ReadAllText(options.SecretKeyFile).Trim(), null);
                    _readAt = TimeProvider.System.GetTimestamp();
                }
                return _read;
            }
        }
    }
}
