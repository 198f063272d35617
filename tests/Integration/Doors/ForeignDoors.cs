using System.Text.Json;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Doors;

/// <summary>One unary call of a program in another language.</summary>
/// <param name="Address">Host and port.</param>
/// <param name="Method">Full path of the method.</param>
/// <param name="Request">The message, in hexadecimal.</param>
/// <param name="Token">The header <c>authorization</c>; null: none.</param>
/// <param name="Ca">PEM file with the authority to trust; null: no TLS.</param>
/// <param name="Cert">PEM file with the certificate to show.</param>
/// <param name="Key">PEM file with its key.</param>
internal sealed record ForeignCase(string Address, string Method, string Request, string? Token = null, string? Ca = null, string? Cert = null, string? Key = null);

/// <summary>How a call ended.</summary>
/// <param name="Status">Name of the status, e.g. <c>PERMISSION_DENIED</c>.</param>
/// <param name="Details">Its message.</param>
internal sealed record ForeignResult(string Status, string Details);

/// <summary>Makes calls with Python's and Node's gRPC.</summary>
internal static class ForeignDoors
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>Makes the calls one after another; skips the test where the language's gRPC is not installed.</summary>
    public static async Task<ForeignResult[]> CallAsync(string language, ForeignCase[] cases)
    {
        var input = JsonSerializer.Serialize(cases, s_json);
        var (code, output, errors) = language == "python"
            ? await Tool.RunAsync(await Tool.RequirePythonAsync("grpc", "python3-grpcio"), [Script("door_client.py")], input)
            : await Tool.RunAsync("node", [Script("door_client.js")], input, Modules());
        Assert.True(code == 0, errors);
        return JsonSerializer.Deserialize<ForeignResult[]>(output, s_json)!;
    }

    private static (string, string) Modules()
    {
        var modules = Environment.GetEnvironmentVariable("RECOMMENDER_TEST_NODE_MODULES");
        Assert.SkipWhen(modules is null || !Directory.Exists(Path.Combine(modules, "@grpc", "grpc-js")), "@grpc/grpc-js was not found; RECOMMENDER_TEST_NODE_MODULES names the folder.");
        return ("NODE_PATH", modules!);
    }

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Doors", "clients", name);
}
