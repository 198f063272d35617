namespace Recommender.Standalone.Evaluate.Data;

/// <summary>A layout of files, and the convention of its benchmarks for what is trained on, masked and predicted.</summary>
internal abstract class DataFormat
{
    /// <summary>All formats, in the order of the help.</summary>
    public static IReadOnlyList<DataFormat> All { get; } = [new ItemListsFormat(), new PairsFormat(), new SequencesFormat(), new SignedFormat()];

    /// <summary>The name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>The layout and the convention, in one sentence.</summary>
    public abstract string Summary { get; }

    /// <summary>Whether a test file is needed.</summary>
    public virtual bool NeedsTest => true;

    /// <summary>Reads the files.</summary>
    /// <exception cref="DataException">A file cannot be read or has no usable line.</exception>
    public abstract EvaluationData Load(EvaluationFiles files, SkippedLines skipped, CancellationToken cancellationToken);
}
