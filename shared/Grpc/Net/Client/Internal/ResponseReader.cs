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
        using var registration = call.GiveUpOn(cancellationToken);
        try
        {
            return await AdvanceAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Close();
            throw call.Fail(exception);
        }
    }

    private async ValueTask<bool> AdvanceAsync()
    {
        _response ??= await sending.ConfigureAwait(false);
        _frames ??= await call.OpenAsync(_response).ConfigureAwait(false);
        if (await call.ReadAsync(_frames).ConfigureAwait(false) is { } message)
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
