using Grpc.Core;

namespace Grpc.Net.Client.Internal;

// The messages of a streaming server.
internal sealed class ResponseReader<TRequest, TResponse>(
    ClientCall<TRequest, TResponse> call, Task<HttpResponseMessage> sending) : IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private HttpResponseMessage? _response;
    private StreamFrameReader? _frames;
    private bool _completed;

    public TResponse Current { get; private set; } = null!;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (_completed)
            return false;
        using var either = cancellationToken.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.Stopped)
            : null;
        try
        {
            return await AdvanceAsync(either?.Token ?? call.Stopped).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Close();
            throw cancellationToken.IsCancellationRequested
                ? call.Fail(new RpcException(new Status(StatusCode.Cancelled, "The call was cancelled by its caller.", exception)))
                : call.Fail(exception);
        }
    }

    private async ValueTask<bool> AdvanceAsync(CancellationToken cancellationToken)
    {
        _response ??= await sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        _frames ??= await call.OpenAsync(_response).ConfigureAwait(false);
        if (await call.ReadAsync(_frames, cancellationToken).ConfigureAwait(false) is { } message)
        {
            Current = message;
            return true;
        }
        call.Finish(_response);
        _completed = true;
        Close();
        return false;
    }

    private void Close()
    {
        _frames?.Dispose();
        _response?.Dispose();
    }
}
