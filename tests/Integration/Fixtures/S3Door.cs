using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Recommender.Tests.Fixtures;

/// <summary>
/// Hands requests on to an S3 server. What s3rver lacks it adds: a write with <c>If-None-Match: *</c> or <c>If-Match</c> is refused with 412 when the
/// object is there, or is another, and content that is not the signed one is refused. And it can fail as networks do.
/// </summary>
public sealed class S3Door : IAsyncDisposable
{
    private readonly HttpClient _client;
    private readonly SemaphoreSlim _writing = new(1);
    private WebApplication? _app;

    private S3Door(int port) => _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

    /// <summary>Where clients connect.</summary>
    public string Address => _app!.Urls.First();

    /// <summary>Whether conditions are known; otherwise they are handed on to a server that does not know them.</summary>
    public bool KnowsConditions { get; set; } = true;

    /// <summary>Whether the store is away: connections are cut.</summary>
    public bool IsAway { get; set; }

    /// <summary>When set: the answer to a write is lost, though it was carried out.</summary>
    public Func<string, bool>? LosesAnswerOf { get; set; }

    /// <summary>Writes that were carried out.</summary>
    public int Writes { get; private set; }

    /// <summary>Begins to hand on.</summary>
    public static async Task<S3Door> StartAsync(int port)
    {
        var door = new S3Door(port);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<KestrelServerOptions>(o => (o.AddServerHeader, o.Limits.MaxRequestBodySize) = (false, null));
        door._app = builder.Build();
        door._app.Run(door.HandleAsync);
        await door._app.StartAsync();
        return door;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _client.Dispose();
        _writing.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (IsAway)
        {
            context.Abort();
            return;
        }
        var isWrite = context.Request.Method is "PUT" or "POST" or "DELETE";
        if (isWrite) await _writing.WaitAsync();
        try
        {
            await HandOnAsync(context, isWrite);
        }
        catch (HttpRequestException)
        {
            context.Abort(); // the server is away
        }
        finally
        {
            if (isWrite) _writing.Release();
        }
    }

    private async Task HandOnAsync(HttpContext context, bool isWrite)
    {
        var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        if (isWrite && KnowsConditions && !await HoldsAsync(context.Request, target))
        {
            context.Response.StatusCode = (int)HttpStatusCode.PreconditionFailed;
            context.Response.ContentType = "application/xml";
            await context.Response.WriteAsync("<Error><Code>PreconditionFailed</Code><Message>At least one of the pre-conditions you specified did not hold</Message></Error>");
            return;
        }
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(_client.BaseAddress!, target));
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        body.Position = 0;
        if (context.Request.Method == "PUT" && context.Request.Headers["x-amz-content-sha256"] != Convert.ToHexStringLower(SHA256.HashData(body.ToArray())))
        {
            context.Response.StatusCode = (int)HttpStatusCode.BadRequest;
            await context.Response.WriteAsync("<Error><Code>XAmzContentSHA256Mismatch</Code></Error>");
            return;
        }
        if (body.Length > 0 || isWrite) request.Content = new StreamContent(body);
        foreach (var (name, values) in context.Request.Headers)
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray())) request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (isWrite && response.IsSuccessStatusCode) Writes++;
        if (isWrite && LosesAnswerOf?.Invoke(target) == true)
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            if (name is not ("Transfer-Encoding" or "Connection" or "Keep-Alive")) context.Response.Headers[name] = values.ToArray();
        if (context.Request.Method != "HEAD" && response.StatusCode != HttpStatusCode.NoContent) await response.Content.CopyToAsync(context.Response.Body);
    }

    private async Task<bool> HoldsAsync(HttpRequest request, string target)
    {
        var (none, same) = (request.Headers.IfNoneMatch.ToString(), request.Headers.IfMatch.ToString());
        if (none.Length + same.Length == 0) return true;
        // Whether it is there needs no signature: the request itself has one, which the server checks.
        using var look = new HttpRequestMessage(HttpMethod.Head, new Uri(_client.BaseAddress!, target));
        using var found = await _client.SendAsync(look);
        if (none.Length > 0) return found.StatusCode == HttpStatusCode.NotFound;
        return found.IsSuccessStatusCode && found.Headers.ETag?.ToString() == same;
    }
}
