namespace Recommender.Standalone.Cli;

/// <summary>Files that people name.</summary>
internal static class InputFile
{
    /// <summary>Sees that there is such a file before anything is done.</summary>
    /// <exception cref="CommandFailure">There is none, or it is a folder.</exception>
    public static void Check(string path)
    {
        if (Directory.Exists(path)) throw CommandFailure.Usage($"{path} is a folder; name the files in it.");
        if (!File.Exists(path)) throw CommandFailure.Usage($"{path} is not there.");
    }
}
