using System.Diagnostics;

namespace Recommender.Tests.EndToEnd.Build;

/// <summary>
/// A checkout in miniature, in a folder with a space in its name: the true scripts of build/, one recipe, no sources, and tools
/// that only write down how they were called. So the scripts can be tried where nothing may be installed or compiled.
/// </summary>
internal sealed class BuildSandbox : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("build test ").FullName;
    private readonly Dictionary<string, string> _environment = [];

    public BuildSandbox()
    {
        Root = Path.Combine(_home, "the checkout");
        foreach (var part in (string[])["run", "test", "recommender", "lib", "npm"])
            Copy(Path.Combine(Checkout, "build", part), Path.Combine(Root, "build", part));
        foreach (var name in (string[])["Unit", "Integration"])
            Write($"tests/{name}/Recommender.Tests.{name}.csproj", "<Project />");
        foreach (var name in (string[])["services/source.cs", "shared/source.cs", "Recommender.sln", ".editorconfig", "nuget.config", "Directory.Build.props", "Directory.Packages.props"])
            Write(name, "");
        Write("build/packages/some.package/recipe.sh", "version=1.2.3\nrevision=1\ntools=(gcc)\nduration=quick\n");
        Write("build/packages/some.package/make.sh", "echo made >>\"$CALLS\"\n: >\"$2/some.package.1.2.3.nupkg\"\n");

        Tool("dpkg-query", "shift 2; for name; do [[ \" $LACKING \" == *\" $name \"* ]] && echo \"$name config-files\" || echo \"$name installed\"; done");
        Tool("apt-get", "exit 1");
        Tool("id", "echo 0");
        Tool("sudo", "exit 1");
        Tool("sh", "shift; echo \"install $*\" >>\"$CALLS\"");
        Tool("npm", "mkdir -p \"$3\"/node_modules/s3rver \"$3\"/node_modules/@grpc/{grpc-js,proto-loader} \"$3\"/node_modules/@bufbuild/buf-linux-{x64,aarch64}/bin; touch \"$3\"/node_modules/@bufbuild/buf-linux-{x64,aarch64}/bin/buf; echo npm >>\"$CALLS\"");
        Tool("dotnet", """
            case $1 in
              --version) echo 10.0.100 ;;
              restore) echo restore >>"$CALLS"; [[ -z $REGISTRY_SAYS ]] || { echo "x : error $REGISTRY_SAYS"; exit 1; } ;;
              build)
                echo build >>"$CALLS"
                [[ -z $COMPILER_SAYS ]] || { echo "a.cs(1,1): error $COMPILER_SAYS"; echo "a.cs(1,1): error $COMPILER_SAYS"; exit 1; }
                for name in Standalone/release/recommender Tests.Unit/release/Recommender.Tests.Unit Tests.Integration/release/Recommender.Tests.Integration; do
                  mkdir -p "artifacts/bin/Recommender.${name%/*}"; : >"artifacts/bin/Recommender.$name.dll"
                done ;;
              */recommender.dll) shift; printf 'ran in %s with %s\n' "$PWD" "$(printf '<%s>' "$@")"; exit "$PROGRAM_EXITS" ;;
              *Tests*) [[ $1 == *Unit* ]] && result=$UNIT_RESULT || result=$INTEGRATION_RESULT
                while (($#)); do [[ $1 != -xml || -z $result ]] || printf '%s\n' "<assemblies><assembly name='x' $result>$TOLD</assembly></assemblies>" >"$2"; shift; done
                [[ $result == *'errors="0" failed="0"'* ]] ;;
            esac
            """);
        Set("CALLS", Path.Combine(_home, "calls"));
        foreach (var name in (string[])["LACKING", "REGISTRY_SAYS", "COMPILER_SAYS", "UNIT_RESULT", "INTEGRATION_RESULT", "TOLD"])
            Set(name, "");
        Set("PROGRAM_EXITS", "0");
    }

    /// <summary>The folder that stands for the checkout.</summary>
    public string Root { get; }

    /// <summary>What the stand-ins for apt, npm and dotnet were asked to do, in order.</summary>
    public IReadOnlyList<string> Calls => File.Exists(_environment["CALLS"]) ? File.ReadAllLines(_environment["CALLS"]) : [];

    private static string Checkout
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Recommender.sln")))
                folder = folder.Parent;
            return folder?.FullName ?? throw new InvalidOperationException("The tests do not lie below the checkout.");
        }
    }

    /// <summary>Sets an environment variable for the commands run from now on.</summary>
    public void Set(string name, string value) => _environment[name] = value;

    /// <summary>Puts a tool before the machine's own of the same name.</summary>
    public void Tool(string name, string script)
    {
        var path = Path.Combine(_home, "tools", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "#!/bin/bash\n" + script + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Writes a file of the checkout.</summary>
    public void Write(string name, string text)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Runs a command of build/ from the folder above the checkout, and returns what it left.</summary>
    public async Task<Outcome> Run(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Root, "build", command), arguments)
        {
            WorkingDirectory = _home,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Path.Combine(_home, "tools") + ":/usr/bin:/bin";
        start.Environment["HOME"] = _home;
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Outcome(process.ExitCode, await output, await error);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        if (File.Exists(from))
        {
            File.Copy(from, to);
            return;
        }

        Directory.CreateDirectory(to);
        foreach (var entry in Directory.EnumerateFileSystemEntries(from))
            Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
    }
}

/// <summary>How a command ended, and what it wrote.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    /// <summary>The last line of standard output.</summary>
    public string LastLine => Output.TrimEnd('\n').Split('\n')[^1];
}
