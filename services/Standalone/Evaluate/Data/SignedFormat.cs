using System.Globalization;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;

namespace Recommender.Standalone.Evaluate.Data;

/// <summary>
/// Interactions with a sign. Both signs of the training file are masked, as the benchmark has it; the validation file is neither
/// masked nor trained on. A pair with both signs counts as positive.
/// </summary>
internal sealed class SignedFormat : DataFormat
{
    /// <inheritdoc/>
    public override string Name => "signed";

    /// <inheritdoc/>
    public override string Summary =>
        "'user item sign' a line, above 0 liked, else disliked; training pairs of both signs are masked, liked test items predicted, validation pairs left alone";

    /// <inheritdoc/>
    public override EvaluationData Load(EvaluationFiles files, SkippedLines skipped, CancellationToken cancellationToken)
    {
        var ids = new IdSpace();
        var train = Read(files.Train, ids, skipped, cancellationToken);
        var valid = files.Valid is null ? null : Read(files.Valid, ids, skipped, cancellationToken).Liked;
        var test = Read(files.Test!, ids, skipped, cancellationToken);
        if (train.Liked.Count == 0) throw new DataException($"The file '{files.Train}' has no positive sign, so there is nothing to learn.");
        if (test.Liked.Count == 0) throw new DataException($"The file '{files.Test}' has no positive sign, so there is nothing to predict.");
        var liked = ids.Build(train.Liked);
        var disliked = ids.Build(train.Disliked);
        return new EvaluationData(
            new TrainingData(liked) { Negatives = disliked.Without(liked), Validation = valid is null || valid.Count == 0 ? null : ids.Build(valid) },
            ids.Build(test.Liked), [liked, disliked]);
    }

    private static (InteractionMatrixBuilder Liked, InteractionMatrixBuilder Disliked) Read(
        string path, IdSpace ids, SkippedLines skipped, CancellationToken cancellationToken)
    {
        var (liked, disliked) = (new InteractionMatrixBuilder(), new InteractionMatrixBuilder());
        TextFile.ForEachLine(path, (line, number) =>
        {
            var fields = new Fields(line);
            if (!fields.TryNext(out var user) | !fields.TryNext(out var item) | !fields.TryNext(out var text))
                skipped.Add(path, number, "it has no user, item and sign");
            else if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var sign) || double.IsNaN(sign))
                skipped.Add(path, number, $"the sign '{text}' is no number");
            else
                (sign > 0 ? liked : disliked).Add(ids.Users.Add(user), ids.Items.Add(item));
        }, cancellationToken);
        IdSpace.RequireAny(liked.Count + disliked.Count, path);
        return (liked, disliked);
    }
}
