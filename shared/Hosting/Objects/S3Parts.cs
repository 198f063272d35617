using Amazon.S3;
using Amazon.S3.Model;

namespace Recommender.Hosting.Objects;

/// <summary>Sends a large file in parts, one after the other; the object is there when all are. What was begun and not ended is taken back.</summary>
internal static class S3Parts
{
    /// <summary>Sends it.</summary>
    /// <param name="options">Where and for how long.</param>
    /// <param name="client">The client.</param>
    /// <param name="target">Bucket, name and metadata of the object.</param>
    /// <param name="path">The file.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="partBytes">Bytes of a part.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ObjectStoreException">The store does not answer, or refuses.</exception>
    public static void Upload(ObjectStoreOptions options, IAmazonS3 client, PutObjectRequest target, string path, long length, long partBytes, CancellationToken cancellationToken)
    {
        var (bucket, key) = (target.BucketName, target.Key);
        var begin = new InitiateMultipartUploadRequest { BucketName = bucket, Key = key };
        foreach (var name in target.Metadata.Keys) begin.Metadata.Add(name, target.Metadata[name]);
        var upload = Call(token => client.InitiateMultipartUploadAsync(begin, token)).UploadId;
        try
        {
            var parts = new List<PartETag>();
            for (var at = 0L; at < length; at += partBytes)
            {
                var part = new UploadPartRequest
                {
                    BucketName = bucket, Key = key, UploadId = upload, PartNumber = parts.Count + 1, FilePath = path, FilePosition = at, PartSize = Math.Min(partBytes, length - at),
                    UseChunkEncoding = false,
                };
                parts.Add(new PartETag(part.PartNumber.Value, Call(token => client.UploadPartAsync(part, token)).ETag));
            }
            Call(token => client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = upload, PartETags = parts }, token));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            TakeBack();
            throw;
        }

        T Call<T>(Func<CancellationToken, Task<T>> call) => S3Clients.Call(options, call, perRequest: true, cancellationToken);

        void TakeBack()
        {
            try
            {
                S3Clients.Call(options, token => client.AbortMultipartUploadAsync(bucket, key, upload, token), perRequest: true, CancellationToken.None);
            }
            catch (IOException)
            {
                // The store is away; its lifecycle rules clear away uploads that were not ended.
            }
        }
    }
}
