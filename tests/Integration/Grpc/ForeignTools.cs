using System.Collections.Concurrent;
using System.Diagnostics;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>The other languages' gRPC, where it is installed; build/test installs it all.</summary>
internal static class ForeignTools
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Grpc");

    private static readonly ConcurrentDictionary<string, bool> s_pythonHasGrpc = new();

    public static string Protos { get; } = Path.Combine(s_folder, "protos");

    /// <summary>A command line for a Python script of Grpc/clients.</summary>
    public static ProcessStartInfo Python(string script)
    {
        var python = Environment.GetEnvironmentVariable("RECOMMENDER_TEST_PYTHON") ?? "/usr/bin/python3";
        if (!s_pythonHasGrpc.GetOrAdd(python, HasGrpc))
            Assert.Skip($"{python} has no grpc module: install python3-grpcio, or set RECOMMENDER_TEST_PYTHON.");
        return Command(python, Script(script));
    }

    /// <summary>A command line for a Node script of Grpc/clients.</summary>
    public static ProcessStartInfo Node(string script)
    {
        var modules = Environment.GetEnvironmentVariable("RECOMMENDER_TEST_NODE_MODULES");
        if (modules is null || !Directory.Exists(Path.Combine(modules, "@grpc", "grpc-js")))
            Assert.Skip("@grpc/grpc-js was not found: set RECOMMENDER_TEST_NODE_MODULES to a node_modules folder that has it.");
        var command = Command("node", Script(script));
        command.Environment["NODE_PATH"] = modules;
        return command;
    }

    /// <summary>A command line for buf.</summary>
    public static ProcessStartInfo Buf(params string[] arguments)
    {
        var buf = Environment.GetEnvironmentVariable("RECOMMENDER_TEST_BUF");
        if (buf is null || !File.Exists(buf))
            Assert.Skip("buf was not found: set RECOMMENDER_TEST_BUF to the program of @bufbuild/buf.");
        return Command(buf, arguments);
    }

    private static bool HasGrpc(string python)
    {
        if (!File.Exists(python))
            return false;
        using var process = Process.Start(Command(python, "-c", "import grpc, google.protobuf"))!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static string Script(string name) => Path.Combine(s_folder, "clients", name);

    private static ProcessStartInfo Command(string program, params string[] arguments)
    {
        var command = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        command.Environment["ECHO_PROTOS"] = Protos;
        command.Environment["ECHO_DESCRIPTORS"] = EchoDescriptors.Path;
        command.Environment["no_proxy"] = "*";
        return command;
    }
}
