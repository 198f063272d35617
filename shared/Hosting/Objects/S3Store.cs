using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace Recommender.Hosting.Objects;

/// <summary>
/// A prefix of a bucket of an S3-compatible store. The signature covers the content, so the store refuses what arrives damaged; its SHA-256 is kept with
/// each object (metadata <c>sha256</c>) and checked when it is read.
/// </summary>
/// <param name="options">Which bucket.</param>
/// <param name="prefix">What the names begin with, behind the prefix of the options.</param>
/// <param name="work">Folder for files on their way, of this machine.</param>
/// <param name="time">The clock of locks.</param>
/// <param name="partBytes">Files of more bytes are sent in parts of as many. At least 5 MiB.</param>
public sealed class S3Store(ObjectStoreOptions options, string prefix, string work, TimeProvider time, long partBytes = 64L << 20) : IObjectStore, IDisposable
{
    private readonly IAmazonS3 _client = S3Clients.Create(options);
    private readonly string _prefix = options.Prefix + prefix;
    private readonly SmallObjects _small = new();
    private readonly LockBook _locks = new(time);
    private volatile bool _knowsConditions = true;

    /// <inheritdoc/>
    public string Address => $"s3://{options.Bucket}/{_prefix}".TrimEnd('/');

    /// <inheritdoc/>
    public TimeSpan LockExpiry => LockBook.Expiry;

    /// <inheritdoc/>
    public string? PathOf(string name) => null;

    /// <summary>Asks for the bucket; that it is there and may be listed, and written where it is to be.</summary>
    /// <exception cref="ObjectStoreException">It does not answer, or refuses.</exception>
    public void Check(bool forWriting)
    {
        Call(token => _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = options.Bucket, Prefix = _prefix, Delimiter = "/" }, token));
        if (!forWriting) return;
        var name = $".check-{Guid.NewGuid():n}";
        this.Put(name, [1]);
        Delete(name);
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredObject> List(string prefix = "", CancellationToken cancellationToken = default)
    {
        var found = new List<StoredObject>();
        var request = new ListObjectsV2Request { BucketName = options.Bucket, Prefix = _prefix + prefix };
        ListObjectsV2Response page;
        do
        {
            page = Call(token => _client.ListObjectsV2Async(request, token), cancellationToken);
            found.AddRange((page.S3Objects ?? []).Select(o => new StoredObject(
                o.Key[_prefix.Length..], o.Size ?? 0, new DateTimeOffset((o.LastModified ?? DateTime.UnixEpoch).ToUniversalTime(), TimeSpan.Zero), o.ETag ?? "")));
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
        return found;
    }

    /// <inheritdoc/>
    public byte[]? Read(string name)
    {
        try
        {
            using var copy = Borrow(name);
            return File.ReadAllBytes(copy.Path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public byte[]? Read(StoredObject listed)
    {
        ArgumentNullException.ThrowIfNull(listed);
        if (_small.Find(listed) is { } known) return known;
        var content = Read(listed.Name);
        if (content is not null) _small.Keep(listed, content);
        return content;
    }

    /// <inheritdoc/>
    public BorrowedFile Borrow(string name, CancellationToken cancellationToken = default)
    {
        var path = NewFile();
        try
        {
            S3Clients.Call(
                options, token => S3Downloads.RunAsync(_client, new GetObjectRequest { BucketName = options.Bucket, Key = _prefix + name }, path, options.Timeout, token),
                perRequest: false, cancellationToken);
            return new BorrowedFile(path, isCopy: true);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <inheritdoc/>
    public bool Add(string name, string path, CancellationToken cancellationToken = default) => !Exists(name, cancellationToken) && Upload(name, path, ifAbsent: true, cancellationToken);

    /// <inheritdoc/>
    public StagedObject Stage(string name, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var path = NewFile();
        using (var stream = File.Create(path)) write(stream);
        return new StagedObject(path, () => Upload(name, path, ifAbsent: false, CancellationToken.None));
    }

    /// <inheritdoc/>
    public void Delete(string name) => Call(token => _client.DeleteObjectAsync(options.Bucket, _prefix + name, token));

    /// <inheritdoc/>
    public ObjectLock? TryLock(string name) => _locks.TryTake(this, name);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Stores a small object only if there is none of that name, or the one there is as it was read; a store that does not know conditions stores it.</summary>
    internal bool PutIf(string name, byte[] content, string? sameAs)
    {
        var request = Request(name, Convert.ToHexStringLower(SHA256.HashData(content)));
        request.InputStream = new MemoryStream(content, writable: false);
        (request.IfNoneMatch, request.IfMatch) = (sameAs is null ? "*" : null, sameAs);
        return TryPut(request);
    }

    /// <summary>A small object with its tag.</summary>
    internal (byte[] Content, string Tag)? ReadTagged(string name)
    {
        try
        {
            return Call<(byte[], string)?>(async token =>
            {
                using var answer = await _client.GetObjectAsync(options.Bucket, _prefix + name, token);
                using var content = new MemoryStream();
                await answer.ResponseStream.CopyToAsync(content, token);
                return (content.ToArray(), answer.ETag);
            });
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private bool Exists(string name, CancellationToken cancellationToken)
    {
        try
        {
            Call(token => _client.GetObjectMetadataAsync(options.Bucket, _prefix + name, token), cancellationToken);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private bool Upload(string name, string path, bool ifAbsent, CancellationToken cancellationToken)
    {
        string checksum;
        long length;
        using (var stream = File.OpenRead(path)) (checksum, length) = (Convert.ToHexStringLower(SHA256.HashData(stream)), stream.Length);
        if (length > partBytes)
        {
            S3Parts.Upload(options, _client, Request(name, checksum), path, length, partBytes, cancellationToken);
            return true;
        }
        var request = Request(name, checksum);
        request.FilePath = path;
        if (ifAbsent) request.IfNoneMatch = "*";
        return TryPut(request, cancellationToken);
    }

    private PutObjectRequest Request(string name, string checksum)
    {
        // In one piece, since not every store takes the pieces that the client would sign one by one.
        var request = new PutObjectRequest { BucketName = options.Bucket, Key = _prefix + name, UseChunkEncoding = false };
        request.Metadata.Add(S3Downloads.ChecksumKey, checksum);
        return request;
    }

    private bool TryPut(PutObjectRequest request, CancellationToken cancellationToken = default)
    {
        if (!_knowsConditions) (request.IfMatch, request.IfNoneMatch) = (null, null);
        try
        {
            Call(token => _client.PutObjectAsync(request, token), cancellationToken);
            return true;
        }
        catch (ObjectStoreException e) when (e.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict })
        {
            return false;
        }
        catch (ObjectStoreException e) when (_knowsConditions && e.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.NotImplemented })
        {
            _knowsConditions = false;
            return TryPut(request, cancellationToken);
        }
    }

    /// <summary>Deletes what a process that was killed left in the folder for files on their way.</summary>
    internal void SweepWork(DateTimeOffset before)
    {
        if (!Directory.Exists(work)) return;
        foreach (var path in Directory.EnumerateFiles(work).Where(p => File.GetLastWriteTimeUtc(p) < before).ToArray()) File.Delete(path);
    }

    private string NewFile()
    {
        Directory.CreateDirectory(work);
        return Path.Combine(work, $"{Guid.NewGuid():n}{Artifacts.AtomicFile.TemporarySuffix}");
    }

    private T Call<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken = default) =>
        S3Clients.Call(options, call, perRequest: true, cancellationToken);
}
