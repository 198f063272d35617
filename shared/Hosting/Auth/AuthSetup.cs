using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recommender.Hosting.Auth.Issuer;
using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Auth;

/// <summary>Wires who may call.</summary>
internal static class AuthSetup
{
    /// <summary>Registers the gate, where callers must prove themselves.</summary>
    public static void AddAuth(this WebApplicationBuilder builder)
    {
        var options = builder.AddOptionsRecord<AuthOptions>();
        if (options.CallersPath.Length == 0) return;
        if (options.Issuer.Length > 0) builder.Services.AddSingleton<TokenIssuer>();
        builder.Services.AddSingleton<CallerRegistry>();
        builder.Services.AddSingleton<AuthGate>();
    }

    /// <summary>Puts the gate before what is mapped afterwards; says so when there is none although others than this machine can reach the door.</summary>
    /// <exception cref="OptionsException">The file of callers can't be used.</exception>
    public static void UseAuth(this WebApplication app)
    {
        if (app.Services.GetService<AuthGate>() is { } gate)
        {
            app.Use((context, next) => gate.InvokeAsync(context, next));
            return;
        }
        var server = app.Services.GetRequiredService<ServerOptions>();
        if (!IPAddress.IsLoopback(IPAddress.Parse(server.Host)) && server.TlsClientCaPath.Length == 0)
            AuthLog.OpenToAll(app.Services.GetRequiredService<ILogger<AuthGate>>(), server.Host);
    }
}
