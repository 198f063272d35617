using Recommender.Tests.Fixtures;

namespace Recommender.Tests.EndToEnd.Standalone;

/// <summary>One running system without an audience for the tests of a class.</summary>
public sealed class EmptySystem : IAsyncLifetime
{
    private readonly TempDirectory _data = new();
    private RunningSystem? _system;

    internal RunningSystem System => _system!;

    /// <summary>A folder for the files of the tests.</summary>
    public string Folder => Directory.CreateDirectory(Path.Combine(_data.Path, "files")).FullName;

    /// <summary>Writes a file for an import.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public async ValueTask InitializeAsync() => _system = await RunningSystem.StartAsync(Path.Combine(_data.Path, "data"), "--empty");

    public async ValueTask DisposeAsync()
    {
        if (_system is not null) await _system.DisposeAsync();
        _data.Dispose();
    }
}
