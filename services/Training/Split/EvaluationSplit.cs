using System.Globalization;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Weights;
using Recommender.Training.Dataset;
using Recommender.Training.Judging;

namespace Recommender.Training.Split;

/// <summary>What candidates are trained on and judged by. The same for all of them.</summary>
/// <param name="HoldOut">What was held out.</param>
/// <param name="Relevant">Viewers x videos: positives among the held-out events, new to a viewer of whom a positive is trained on.</param>
/// <param name="Seen">Viewers x videos: everything in the trained events; not ranked.</param>
internal sealed record EvaluationSplit(HoldOut HoldOut, InteractionMatrix Relevant, InteractionMatrix Seen)
{
    /// <summary>Viewers with a test pair.</summary>
    public int TestViewers => Enumerable.Range(0, Relevant.RowCount).Count(v => Relevant.RowLength(v) > 0);

    /// <summary>
    /// Splits by time where that leaves enough viewers to judge by: ten (all when there are fewer), and a quarter of those with enough positives.
    /// Otherwise viewers come and go, or times say little, and each viewer's last videos are held out.
    /// </summary>
    /// <exception cref="TrainingDataException">There is too little data; the message says what is needed and what there is.</exception>
    public static EvaluationSplit Make(EventDataset data, InteractionWeights weights, SplitLimits limits, CancellationToken cancellationToken)
    {
        var able = CountAble(data, weights, limits.MinVideosPerViewer, cancellationToken);
        if (able < limits.MinViewers) throw new TrainingDataException(TooLittle(data, limits, able));
        var byTime = Make(data, weights, HoldOut.ByTime(data, limits.TestFraction), cancellationToken);
        if (byTime.TestViewers >= Math.Max(Math.Min(able, 10), able / 4)) return byTime;
        var byViewer = Make(data, weights, HoldOut.LastPerViewer(data, limits.TestFraction), cancellationToken);
        if (byViewer.TestViewers > 0) return byViewer;
        throw new TrainingDataException("The archive has no viewer whose newest liked or watched videos differ from the earlier ones, so no model can be judged.");
    }

    /// <summary>What is relevant to some of the test viewers only, evenly over all; all of it when there are no more.</summary>
    /// <param name="viewers">Viewers at most, above 0.</param>
    public InteractionMatrix Sample(int viewers)
    {
        var all = Enumerable.Range(0, Relevant.RowCount).Where(v => Relevant.RowLength(v) > 0).ToArray();
        if (all.Length <= viewers) return Relevant;
        var sample = new InteractionMatrixBuilder(DuplicatePolicy.Last);
        var stride = (all.Length + viewers - 1) / viewers;
        for (var i = 0; i < all.Length; i += stride)
            foreach (var video in Relevant.RowColumns(all[i])) sample.Add(all[i], video);
        return sample.Build(Relevant.RowCount, Relevant.ColumnCount);
    }

    /// <summary>Training data of a trial of a recipe, with its own weights; the test stays the same.</summary>
    public TrainingData TrainingData(EventDataset data, Recipe recipe, CancellationToken cancellationToken) =>
        TrainingMatrices.Build(data, recipe, HoldOut.TrainCounts, cancellationToken);

    /// <summary>Training data with some weights, and with times.</summary>
    public TrainingData TrainingData(EventDataset data, InteractionWeights weights, CancellationToken cancellationToken) =>
        TrainingMatrices.Build(data, weights, HoldOut.TrainCounts, cancellationToken);

    private static string TooLittle(EventDataset data, SplitLimits limits, int able) => string.Create(
        CultureInfo.InvariantCulture,
        $"The archive needs at least {limits.MinViewers} viewers with {limits.MinVideosPerViewer} liked or watched videos each; ")
        + string.Create(CultureInfo.InvariantCulture, $"it has {able} ({data.Viewers.Count} viewers, {data.EventCount} events).");

    private static EvaluationSplit Make(EventDataset data, InteractionWeights weights, HoldOut holdOut, CancellationToken cancellationToken)
    {
        var trained = TrainingMatrices.Build(data, weights, holdOut.TrainCounts, cancellationToken).Interactions;
        var seen = TrainingMatrices.Seen(data, holdOut.TrainCounts, cancellationToken);
        var relevant = new InteractionMatrixBuilder(DuplicatePolicy.Last);
        var folder = new PairFolder(data, weights);
        for (var viewer = 0; viewer < data.Viewers.Count; viewer++)
        {
            if (viewer % 4096 == 0) cancellationToken.ThrowIfCancellationRequested();
            if (trained.RowLength(viewer) == 0) continue;
            foreach (var pair in folder.Fold(data.Events(viewer, holdOut.TrainCounts[viewer], data.EventsOf(viewer))))
                if (pair.Confidence > 0 && !seen.Contains(viewer, pair.Video)) relevant.Add(viewer, pair.Video);
        }
        return new EvaluationSplit(holdOut, relevant.Build(data.Viewers.Count, data.Videos.Count), seen);
    }

    private static int CountAble(EventDataset data, InteractionWeights weights, int minVideos, CancellationToken cancellationToken)
    {
        var able = 0;
        var folder = new PairFolder(data, weights);
        for (var viewer = 0; viewer < data.Viewers.Count; viewer++)
        {
            if (viewer % 4096 == 0) cancellationToken.ThrowIfCancellationRequested();
            var positives = 0;
            foreach (var pair in folder.Fold(data.Events(viewer)))
                if (pair.Confidence > 0) positives++;
            if (positives >= minVideos) able++;
        }
        return able;
    }
}

/// <summary>What a split must leave.</summary>
/// <param name="TestFraction">Share of events, or of each viewer's videos, that is held out.</param>
/// <param name="MinViewers">Viewers needed.</param>
/// <param name="MinVideosPerViewer">Positive videos that each of them needs, at least 2.</param>
internal sealed record SplitLimits(double TestFraction, int MinViewers, int MinVideosPerViewer);
