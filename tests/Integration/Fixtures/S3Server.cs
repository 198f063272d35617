using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Recommender.Hosting.Objects;
using Recommender.Standalone.Embedded;

namespace Recommender.Tests.Fixtures;

/// <summary>s3rver, a small server that speaks S3 and knows one access key, behind an <see cref="S3Door"/> that knows conditional writes, as Amazon and MinIO do.</summary>
public sealed class S3Server : IAsyncDisposable
{
    /// <summary>The bucket.</summary>
    public const string Bucket = "recommender";

    private const string Key = "S3RVER"; // the server knows this one
    private readonly TempDirectory _directory = new();
    private readonly ReservedPort _port = new();
    private Process? _process;

    /// <summary>What clients talk to.</summary>
    public S3Door Door { get; private set; } = null!;

    /// <summary>What leads a store here.</summary>
    public ObjectStoreOptions Options => new()
    {
        Endpoint = Door.Address, Bucket = Bucket, Prefix = "test/", AccessKeyFile = WriteFile("access", Key), SecretKeyFile = WriteFile("secret", Key), Timeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>The same for a service.</summary>
    public string[] Settings => SettingsOf(Options);

    /// <summary>Options as settings.</summary>
    public static string[] SettingsOf(ObjectStoreOptions options) =>
    [
        $"ObjectStore:Endpoint={options.Endpoint}", $"ObjectStore:Bucket={options.Bucket}", $"ObjectStore:Prefix={options.Prefix}",
        $"ObjectStore:AccessKeyFile={options.AccessKeyFile}", $"ObjectStore:SecretKeyFile={options.SecretKeyFile}", $"ObjectStore:Timeout={options.Timeout:c}",
        "ObjectStore:FetchInterval=00:00:01",
    ];

    /// <summary>Starts it; what it had is there again.</summary>
    public async Task StartAsync()
    {
        var server = Environment.GetEnvironmentVariable("RECOMMENDER_TEST_S3RVER") ?? "";
        var program = Path.Combine(server, "bin", "s3rver.js");
        Assert.SkipUnless(File.Exists(program), "The S3 server s3rver is not installed; build/test installs it where npm can.");
        _process = Process.Start(new ProcessStartInfo("node", [
            program, "--directory", Path.Combine(_directory.Path, "data"), "--address", "127.0.0.1", "--port", $"{_port.Number}", "--silent", "--configure-bucket", Bucket,
        ])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        await Eventually.TrueAsync(IsListeningAsync, "the S3 server listens");
        Door ??= await S3Door.StartAsync(_port.Number);
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    /// <summary>Changes a byte in the middle of an object behind the server's back.</summary>
    public void Damage(string name)
    {
        var path = Path.Combine(_directory.Path, "data", Bucket, Options.Prefix + name + "._S3rver_object");
        var content = File.ReadAllBytes(path);
        content[content.Length / 2] ^= 1;
        File.WriteAllBytes(path, content);
    }

    /// <summary>A small file that goes with the server.</summary>
    public string WriteFile(string name, string text)
    {
        var path = Path.Combine(_directory.Path, name);
        if (!File.Exists(path) || File.ReadAllText(path) != text) File.WriteAllText(path, text);
        return path;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Door is not null) await Door.DisposeAsync();
        Kill();
        _port.Dispose();
        _directory.Dispose();
    }

    private async Task<bool> IsListeningAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _port.Number);
            return true;
        }
        catch (SocketException)
        {
            if (_process!.HasExited) Assert.Fail($"s3rver ended: {await _process.StandardError.ReadToEndAsync()}");
            return false;
        }
    }
}
