using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Recommender.Hosting.Objects;

/// <summary>Gets an object into a file, and compares it with the SHA-256 that is kept with it.</summary>
internal static class S3Downloads
{
    /// <summary>Name of the metadata that hold the checksum.</summary>
    public const string ChecksumKey = "sha256";

    /// <summary>Gets it.</summary>
    /// <param name="client">The client.</param>
    /// <param name="request">Which object.</param>
    /// <param name="path">The file, written anew.</param>
    /// <param name="timeout">For how long nothing may come.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>True.</returns>
    /// <exception cref="InvalidDataException">It is not what was stored.</exception>
    public static async Task<bool> RunAsync(IAmazonS3 client, GetObjectRequest request, string path, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var damaged = $"s3://{request.BucketName}/{request.Key} is damaged: its content is not what was stored, by the checksum kept with it";
        using var answer = await client.GetObjectAsync(request, cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var buffer = new byte[128 * 1024];
        var length = 0L;
        await using (var file = File.Create(path))
        {
            while (true)
            {
                patience.CancelAfter(timeout);
                var read = await ReadAsync(patience.Token);
                if (read == 0) break;
                hash.AppendData(buffer, 0, read);
                length += read;
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        if (length != answer.ContentLength) throw new HttpRequestException($"{request.Key} ended after {length} of {answer.ContentLength} bytes");
        // Objects that another tool put there have no checksum.
        if (answer.Metadata[ChecksumKey] is { Length: > 0 } expected && Convert.ToHexStringLower(hash.GetHashAndReset()) != expected)
            throw new InvalidDataException(damaged);
        return true;

        async ValueTask<int> ReadAsync(CancellationToken token)
        {
            try
            {
                return await answer.ResponseStream.ReadAsync(buffer, token);
            }
            catch (AmazonClientException e) when (e.Message.Contains("hash", StringComparison.Ordinal))
            {
                throw new InvalidDataException(damaged, e); // the client compares with the store's own checksum, where that is one
            }
        }
    }
}
