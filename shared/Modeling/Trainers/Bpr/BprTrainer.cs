using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers.Bpr;

/// <summary>
/// Bayesian personalised ranking (Rendle et al., "BPR: Bayesian Personalized Ranking from Implicit Feedback", 2009): stochastic descent on
/// -ln sigmoid(x'(y_liked - y_other)), the other video drawn evenly from those that the viewer did not like. Dislikes are not used: what was shown and disliked is
/// nearer to a viewer's taste than what was never met, and pushing it down ranks worse. One thread, so that a seed gives the same bits.
/// </summary>
internal sealed class BprTrainer(BprParameters parameters) : ITrainer
{
    public const string TrainerName = "bpr";

    // More draws than this hit liked videos only where nearly everything is liked; then the step is left out.
    private const int MostDraws = 16;

    public string Name => TrainerName;

    public IReadOnlyDictionary<string, string> Parameters => BprParameters.Schema.ToSettings(parameters);

    public IScoringModel Train(TrainingData data, Action<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.Check();
        var likes = data.Interactions;
        MemoryNeed.Check(Name, BytesOf(likes, parameters), "lower 'factors'");
        var popularity = Array.ConvertAll(likes.ColumnLengths(), n => (float)n);
        var users = Start(likes.RowCount, 0, row => likes.RowLength(row) > 0);
        var items = Start(likes.ColumnCount, 1, item => popularity[item] > 0);
        var (viewers, liked) = Pairs(likes);
        var random = new Randomness((ulong)parameters.Seed, 2);
        progress?.Invoke(new TrainingProgress(0, parameters.Iterations));
        for (var pass = 0; pass < parameters.Iterations; pass++)
        {
            var rate = (float)(parameters.LearningRate * (1 - (0.9 * pass / parameters.Iterations)));
            for (var step = 0; step < viewers.Length; step++)
            {
                if (step % 65536 == 0) cancellationToken.ThrowIfCancellationRequested();
                var at = random.Below(viewers.Length);
                var other = Draw(ref random, data, viewers[at]);
                if (other >= 0) Step(users.WritableRow(viewers[at]), items.WritableRow(liked[at]), items.WritableRow(other), rate);
            }

            progress?.Invoke(new TrainingProgress(pass + 1, parameters.Iterations));
        }

        // A history folds in by ridge regression on the descended factors.
        return new FactorModel(Name, users, items, new FoldInSettings { Regularization = 0.1 }, popularity, Parameters);
    }

    // Factors of both sides, the pairs, and what each video was liked.
    private static double BytesOf(InteractionMatrix likes, BprParameters parameters) =>
        (sizeof(float) * (double)Lanes.RoundUp(parameters.Factors) * (likes.RowCount + (double)likes.ColumnCount))
        + (2.0 * sizeof(int) * likes.Count) + (sizeof(float) * (double)likes.ColumnCount);

    private static int Draw(ref Randomness random, TrainingData data, int viewer)
    {
        for (var draw = 0; draw < MostDraws; draw++)
        {
            var item = random.Below(data.Interactions.ColumnCount);
            if (!data.Interactions.Contains(viewer, item)) return item;
        }

        return -1;
    }

    private void Step(Span<float> user, Span<float> liked, Span<float> other, float rate)
    {
        var difference = VectorMath.Dot(user, liked) - VectorMath.Dot(user, other);
        var push = rate / (1 + MathF.Exp(Math.Clamp(difference, -30f, 30f)));
        VectorMath.Compare(user, liked, other, 1 - (rate * (float)parameters.Regularization), push);
    }

    private FactorMatrix Start(int rows, ulong side, Func<int, bool> occurs)
    {
        var matrix = new FactorMatrix(rows, parameters.Factors);
        var deviation = 0.1 / Math.Sqrt(parameters.Factors);
        for (var row = 0; row < rows; row++)
        {
            if (!occurs(row)) continue;
            var random = new Randomness((ulong)parameters.Seed + (side << 32), (ulong)row);
            foreach (ref var x in matrix.WritableRow(row)) x = (float)(deviation * random.NextNormal());
        }

        return matrix;
    }

    private static (int[] Viewers, int[] Items) Pairs(InteractionMatrix likes)
    {
        var (viewers, items) = (new int[likes.Count], new int[likes.Count]);
        var at = 0;
        for (var row = 0; row < likes.RowCount; row++)
        {
            foreach (var column in likes.RowColumns(row)) (viewers[at], items[at++]) = (row, column);
        }

        return (viewers, items);
    }
}
