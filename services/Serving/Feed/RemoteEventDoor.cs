using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Recommender.Hosting;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Events;
using Recommender.Hosting.Tls;
using Recommender.V1;

namespace Recommender.Serving.Feed;

/// <summary>
/// The ingestion service in another process, over gRPC. With mutual TLS this process shows the certificate of its own door there, and trusts the
/// authority that it trusts itself (<see cref="ServerOptions.TlsClientCaPath"/>).
/// </summary>
internal sealed class RemoteEventDoor : IEventDoor, IDisposable
{
    private static readonly TimeSpan s_comeBack = TimeSpan.FromSeconds(1);
    private readonly ILogger<RemoteEventDoor> _logger;
    private readonly GrpcChannel _channel;
    private readonly IngestionService.IngestionServiceClient _client;

    public RemoteEventDoor(FeedOptions options, ServerOptions server, TimeProvider time, ILogger<RemoteEventDoor> logger)
    {
        _logger = logger;
        HttpMessageHandler handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true, SslOptions = Tls(server) };
        if (options.TokenPath.Length > 0) handler = new TokenHandler(options.TokenPath, time, handler);
        _channel = GrpcChannel.ForAddress(options.IngestionAddress, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        _client = new IngestionService.IngestionServiceClient(_channel);
    }

    /// <inheritdoc/>
    public async Task<string> TakeAsync(Event e, CancellationToken cancellationToken)
    {
        try
        {
            await _client.TrackEventAsync(new TrackEventRequest { Event = e }, cancellationToken: cancellationToken);
            return "";
        }
        catch (RpcException refused) when (refused.StatusCode == StatusCode.InvalidArgument)
        {
            return refused.Status.Detail;
        }
        catch (RpcException limited) when (limited.StatusCode == StatusCode.ResourceExhausted)
        {
            throw new DependencyUnavailableException(limited.Status.Detail, GrpcErrors.RetryDelayOf(limited) ?? s_comeBack, limited);
        }
        catch (RpcException givenUp) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(givenUp.Status.Detail, givenUp, cancellationToken);
        }
        catch (RpcException failed)
        {
            // Wrong credentials and the like are for the operator; whoever streams can only come back.
            if (failed.StatusCode is not StatusCode.Unavailable) FeedLog.EventNotTaken(_logger, failed.StatusCode.ToString(), failed.Status.Detail);
            throw new DependencyUnavailableException("events can't be taken now", s_comeBack, failed);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            FeedLog.EventNotTaken(_logger, "no token", unreadable.Message);
            throw new DependencyUnavailableException("events can't be taken now", s_comeBack, unreadable);
        }
    }

    public void Dispose() => _channel.Dispose();

    private static SslClientAuthenticationOptions Tls(ServerOptions server)
    {
        var tls = new SslClientAuthenticationOptions();
        if (server.TlsClientCaPath.Length == 0) return tls;
        tls.CertificateChainPolicy = TrustedAuthorities.PolicyOf(server.TlsClientCaPath);
        // Read at each connection, so that a renewed one is taken.
        tls.LocalCertificateSelectionCallback = (_, _, _, _, _) => X509Certificate2.CreateFromPemFile(server.TlsCertificatePath, server.TlsKeyPath);
        return tls;
    }

    /// <summary>Adds the token to every call.</summary>
    private sealed class TokenHandler(string path, TimeProvider time, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private static readonly TimeSpan s_readAgain = TimeSpan.FromMinutes(1);
        private readonly Lock _lock = new();
        private AuthenticationHeaderValue? _header;
        private long _readAt;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = Header();
            return base.SendAsync(request, cancellationToken);
        }

        private AuthenticationHeaderValue Header()
        {
            lock (_lock)
            {
                if (_header is null || time.GetElapsedTime(_readAt) >= s_readAgain)
                    (_header, _readAt) = (new AuthenticationHeaderValue("Bearer", File.ReadAllText(path).Trim()), time.GetTimestamp());
                return _header;
            }
        }
    }
}
