using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Recommender.Hosting.Artifacts;

namespace Recommender.Standalone.Import;

/// <summary>
/// Keeps checkpoints in small files, one per (content of the file, format, prefix, system). They lie with the user's other program state, since the data set may be
/// read-only and the system far away.
/// </summary>
/// <param name="directory">The folder; it is created when something is saved.</param>
internal sealed class CheckpointStore(string directory)
{
    /// <summary><c>$XDG_STATE_HOME/recommender/imports</c>, or <c>~/.local/state/recommender/imports</c>.</summary>
    public static string DefaultDirectory
    {
        get
        {
            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            if (string.IsNullOrEmpty(state)) state = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
            return Path.Combine(state, "recommender", "imports");
        }
    }

    /// <summary>What checkpoints of this file are kept under: reads the whole file once.</summary>
    public static async Task<string> KeyAsync(string path, ImportSettings settings, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        var content = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
        var all = Encoding.UTF8.GetBytes(string.Join('\n', content, settings.Format.Name, settings.Prefix, settings.To.ToString()));
        return Convert.ToHexStringLower(SHA256.HashData(all))[..32];
    }

    /// <summary>The checkpoint; null when there is none that can be read.</summary>
    public ImportCheckpoint? Find(string key)
    {
        try
        {
            return File.Exists(PathOf(key)) ? JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(key)), ImportCheckpointJson.Default.ImportCheckpoint) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            // Without it the import begins at the first line, and ids keep that harmless.
            return null;
        }
    }

    /// <summary>Notes a checkpoint; false when the folder can't be written.</summary>
    public bool TrySave(string key, ImportCheckpoint checkpoint)
    {
        try
        {
            AtomicFile.WriteAllBytes(PathOf(key), JsonSerializer.SerializeToUtf8Bytes(checkpoint, ImportCheckpointJson.Default.ImportCheckpoint));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private string PathOf(string key) => Path.Combine(directory, key + ".json");
}
