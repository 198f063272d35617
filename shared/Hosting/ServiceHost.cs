using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Recommender.Hosting.Configuration;

namespace Recommender.Hosting;

/// <summary>Starts a service the same way everywhere: configuration, telemetry, health, gRPC, and one sentence for whatever stops the start.</summary>
public static class ServiceHost
{
    /// <summary>Exit code for wrong settings and for what the operator can mend, such as a taken port.</summary>
    public const int ExitMisconfigured = 2;

    /// <summary>Builds the service, runs it until it is told to stop, and returns the exit code.</summary>
    /// <param name="name">Name of the service in telemetry, e.g. <c>serving</c>.</param>
    /// <param name="args">Command line: <c>--Section:Key=value</c> overrides environment variables.</param>
    /// <param name="add">Registers the service.</param>
    /// <param name="map">Maps its endpoints.</param>
    public static async Task<int> RunAsync(string name, string[] args, Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        try
        {
            await using var app = Build(name, args, add, map);
            var problem = app.Services.GetRequiredService<HostProblem>();
            await RunAsync(app, problem);
            return problem.Error is { } error ? throw error : problem.ExitCode;
        }
        catch (Exception e) when (StartFailure.Describe(e) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return ExitMisconfigured;
        }
    }

    private static async Task RunAsync(WebApplication app, HostProblem problem)
    {
        try
        {
            await app.RunAsync();
        }
        catch (OperationCanceledException) when (problem.Error is not null)
        {
            // It gave up in the middle of its start.
        }
    }

    /// <summary>Builds the service without starting it.</summary>
    /// <exception cref="OptionsException">A setting is wrong.</exception>
    public static WebApplication Build(string name, string[] args, Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        // The empty builder reads no appsettings.json of whatever directory the process happens to be in.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = name });
        builder.Configuration.AddEnvironmentVariables(OptionsBinding.EnvironmentPrefix);
        builder.Configuration.AddCommandLine(args);
        SettingSections.RefuseUnknown(builder.Configuration);
        builder.AddServiceDefaults(name);
        add(builder);
        var app = builder.Build();
        app.MapServiceDefaults();
        map(app);
        return app;
    }
}
