using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;

namespace Recommender.Standalone.Evaluate.Data;

/// <summary>
/// A viewer's whole history per line. The last item is predicted from all before it; the one before the last, which is kept for
/// choosing parameters, is history like the others by then: the published popularity values count it.
/// </summary>
internal sealed class SequencesFormat : DataFormat
{
    /// <inheritdoc/>
    public override string Name => "sequences";

    /// <inheritdoc/>
    public override string Summary =>
        "'user item item ...' a line, oldest first; the last item of each user is the test, all before it are trained on and masked; only --train is read";

    /// <inheritdoc/>
    public override bool NeedsTest => false;

    /// <inheritdoc/>
    public override EvaluationData Load(EvaluationFiles files, SkippedLines skipped, CancellationToken cancellationToken)
    {
        var ids = new IdSpace();
        var train = new InteractionMatrixBuilder(DuplicatePolicy.Max, TimeKind.Order);
        var test = new InteractionMatrixBuilder();
        var history = new List<int>();
        TextFile.ForEachLine(files.Train, (line, number) =>
        {
            var fields = new Fields(line);
            fields.TryNext(out var user);
            if (ids.Users.TryGet(user, out _))
            {
                skipped.Add(files.Train, number, $"the user '{user}' has a line already");
                return;
            }

            history.Clear();
            while (fields.TryNext(out var item)) history.Add(ids.Items.Add(item));
            var row = ids.Users.Add(user);

            // A single item can't be both learned from and predicted.
            var held = history.Count > 1 ? 1 : 0;
            for (var i = 0; i < history.Count - held; i++) train.Add(row, history[i], time: (uint)i);
            if (held == 1) test.Add(row, history[^1]);
        }, cancellationToken);
        IdSpace.RequireAny(train.Count, files.Train);
        if (test.Count == 0) throw new DataException($"No user in '{files.Train}' has two items or more, so there is none to hold out.");
        var interactions = ids.Build(train);
        return new EvaluationData(new TrainingData(interactions), ids.Build(test), [interactions]) { Notes = [.. Unread(files)] };
    }

    private static IEnumerable<string> Unread(EvaluationFiles files)
    {
        foreach (var (option, path) in new[] { ("--valid", files.Valid), ("--test", files.Test) })
        {
            if (path is not null && Path.GetFullPath(path) != Path.GetFullPath(files.Train))
                yield return $"The format sequences holds out the last item of each user in --train; {option} '{path}' is not read.";
        }
    }
}
