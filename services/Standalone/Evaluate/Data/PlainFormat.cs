using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;

namespace Recommender.Standalone.Evaluate.Data;

/// <summary>Formats that state positive interactions and nothing else: validation interactions are masked and not trained on.</summary>
internal abstract class PlainFormat : DataFormat
{
    /// <inheritdoc/>
    public override EvaluationData Load(EvaluationFiles files, SkippedLines skipped, CancellationToken cancellationToken)
    {
        var ids = new IdSpace();
        var train = Read(files.Train, ids, skipped, cancellationToken);
        var valid = files.Valid is null ? null : Read(files.Valid, ids, skipped, cancellationToken);
        var test = Read(files.Test!, ids, skipped, cancellationToken);
        var interactions = ids.Build(train);
        var validation = valid is null ? null : ids.Build(valid);
        return new EvaluationData(
            new TrainingData(interactions) { Validation = validation }, ids.Build(test), validation is null ? [interactions] : [interactions, validation]);
    }

    /// <summary>Reads one line.</summary>
    /// <returns>Null, or what is wrong with the line.</returns>
    protected abstract string? ReadLine(string line, long number, IdSpace ids, InteractionMatrixBuilder cells);

    private InteractionMatrixBuilder Read(string path, IdSpace ids, SkippedLines skipped, CancellationToken cancellationToken)
    {
        var cells = new InteractionMatrixBuilder();
        TextFile.ForEachLine(path, (line, number) =>
        {
            if (ReadLine(line, number, ids, cells) is { } reason) skipped.Add(path, number, reason);
        }, cancellationToken);
        IdSpace.RequireAny(cells.Count, path);
        return cells;
    }
}
