using Grpc.Core;

namespace Recommender.Tests.Unit.Serving.Api;

/// <summary>A call from nowhere, without deadline.</summary>
internal sealed class FakeCall : ServerCallContext
{
    private readonly Metadata _headers = [];

    protected override string MethodCore => "/recommender.v1.RecommendationService/Recommend";

    protected override string HostCore => "localhost";

    protected override string PeerCore => "ipv4:127.0.0.1:50412";

    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => _headers;

    protected override CancellationToken CancellationTokenCore => CancellationToken.None;

    protected override Metadata ResponseTrailersCore => _headers;

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => throw new NotSupportedException();

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => throw new NotSupportedException();
}
