using Recommender.Modeling.Numerics;
using Recommender.Modeling.Onnx.Devices;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Ials;

namespace Recommender.Modeling.Onnx.Ials;

/// <summary>
/// <see cref="IalsTrainer"/> with its half-steps as ONNX graphs, for a GPU: the same objective, start and order, and the same model within
/// rounding when conjugate gradient is left to converge.
/// </summary>
public sealed class OnnxIalsTrainer(OnnxIalsParameters parameters) : ITrainer
{
    /// <summary>The registered name.</summary>
    public const string TrainerName = "ials-onnx";

    /// <inheritdoc/>
    public string Name => TrainerName;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Parameters => parameters.ToSettings();

    // Of the host: both sides' factors, the interactions by item, and the device's own memory where that is the host's.
    private double BytesOf(InteractionMatrix interactions) =>
        (sizeof(float) * (double)parameters.Ials.Factors * ((double)interactions.RowCount + interactions.ColumnCount)) + (12.0 * interactions.Count);

    /// <inheritdoc cref="ITrainer.Train"/>
    /// <remarks>Without a GPU, where one was wished for, the CPU does the work, and the note of the first progress says why.</remarks>
    public IScoringModel Train(TrainingData data, Action<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.Check();
        var signed = SignedData.Of(data, parameters.Ials);
        data = signed.Joined;
        MemoryNeed.Check(Name, BytesOf(data.Interactions), "lower 'factors'");
        var ials = signed.Resolve(parameters.Ials);
        using var device = OnnxDevice.Open(parameters.Device, ials.Threads, (long)parameters.DeviceMemoryMb << 20);
        using var solver = new OnnxIalsSolver(parameters with { Ials = ials }, device, cancellationToken);
        var byUser = data.Interactions;
        var byItem = byUser.Transpose();
        var users = new FactorMatrix(byUser.RowCount, ials.Factors);
        var items = new FactorMatrix(byItem.RowCount, ials.Factors);
        var popularity = Array.ConvertAll(byUser.ColumnLengths(), n => (float)n);
        if (data.WarmStart is { } earlier) IalsStart.Continue(ials, popularity, earlier.ItemFactors, items.WritableRow);
        else IalsStart.Randomize(ials, popularity, items.WritableRow);
        var iterations = data.WarmStart is null ? ials.Iterations : ials.WarmIterations;
        var shares = IalsStart.UnobservedShares(ials, popularity);
        progress?.Invoke(new TrainingProgress(0, iterations) { Note = device.Note });
        for (var iteration = 1; iteration <= iterations; iteration++)
        {
            solver.HalfStep(byUser, items, users, shares: null);
            solver.HalfStep(byItem, users, items, shares);
            progress?.Invoke(new TrainingProgress(iteration, iterations) { Current = () => signed.Split(Current()) });
        }

        solver.HalfStep(byUser, items, users, shares: null);
        return signed.Split(Current());

        FactorModel Current() =>
            new(Name, users, items, ials.FoldIn, popularity, (parameters with { Ials = ials }).ToSettings()) { Device = device.Name };
    }
}
