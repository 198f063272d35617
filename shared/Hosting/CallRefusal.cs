using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Recommender.Hosting.Telemetry;

namespace Recommender.Hosting;

/// <summary>Ends a call before it begins.</summary>
internal static class CallRefusal
{
    /// <summary>Answers with headers alone, as the protocol has it (Trailers-Only), and counts the call.</summary>
    /// <param name="http">The request.</param>
    /// <param name="method">What was called.</param>
    /// <param name="status">Why not.</param>
    /// <param name="message">The same in words, of ASCII.</param>
    public static void Write(HttpContext http, IMethod method, StatusCode status, string message)
    {
        CallMetrics.Record(method.FullName, status, TimeSpan.Zero);
        http.Response.ContentType = "application/grpc";
        http.Response.Headers["grpc-status"] = ((int)status).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["grpc-message"] = message;
    }
}
