namespace Recommender.Training.Rebuilding;

/// <summary>What came of making a model again.</summary>
/// <param name="Version">The model's version.</param>
/// <param name="Trainer">Its trainer.</param>
/// <param name="DataVersion">The data, the same as the model's.</param>
/// <param name="Events">Events read.</param>
/// <param name="MadeBy">Version of the code that made the model.</param>
/// <param name="CodeVersion">Version of this code.</param>
/// <param name="Seconds">Duration.</param>
/// <param name="Files">The model's files, one by one.</param>
public sealed record RebuildResult(
    string Version, string Trainer, string DataVersion, long Events, string MadeBy, string CodeVersion, double Seconds, IReadOnlyList<RebuiltFile> Files)
{
    /// <summary>Whether every file has the same bits.</summary>
    public bool IsEqual => Files.All(f => f.IsEqual);
}

/// <summary>One file of the model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expected">SHA-256 in the manifest.</param>
/// <param name="Actual">SHA-256 of the file made now.</param>
public sealed record RebuiltFile(string Name, string Expected, string Actual)
{
    /// <summary>Whether the bits are the same.</summary>
    public bool IsEqual => Expected == Actual;
}
