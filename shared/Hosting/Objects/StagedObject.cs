namespace Recommender.Hosting.Objects;

/// <summary>An object that is written and not in its place yet.</summary>
/// <param name="path">The file with its content.</param>
/// <param name="commit">Puts it in place.</param>
public sealed class StagedObject(string path, Action commit) : IDisposable
{
    /// <summary>The file with its content.</summary>
    public string Path { get; } = path;

    /// <summary>Puts it in its place.</summary>
    public void Commit() => commit();

    /// <summary>Forgets what was not committed.</summary>
    public void Dispose() => File.Delete(Path);
}
