using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Ranking;

/// <summary>
/// Learns a <see cref="RankerNetwork"/> from impressions by stochastic gradient descent on the logarithmic loss of all outcomes (Adam; Kingma and Ba
/// 2015). Where a video stood is a bias beside the network, learnt with it and left out when serving (the shallow tower of Zhao et al. 2019), so that
/// what was shown first does not seem better for that. The same data and seed give the same network.
/// </summary>
public sealed class RankerTrainer
{
    private const int Outputs = OutcomeWeights.Count;
    private const int BatchSize = 64;
    private const float LearningRate = 0.002f;
    private const float WeightDecay = 1e-4f;
    private const float FirstMoment = 0.9f;
    private const float SecondMoment = 0.999f;

    private readonly RankerData _data;
    private readonly int _begin;
    private readonly int _seed;
    private readonly float[] _means = new float[RankerFeatures.Count];
    private readonly float[] _scales = new float[RankerFeatures.Count];
    private readonly RankerParameters _parameters;
    private readonly RankerParameters _gradient = new();
    private readonly float[] _first;
    private readonly float[] _second;
    private readonly int[] _order;
    private int _steps;
    private int _epochs;

    /// <summary>Begins on the impressions from <paramref name="begin"/> to before <paramref name="end"/>, at least one.</summary>
    public RankerTrainer(RankerData data, int begin, int end, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(begin, end);
        (_data, _begin, _seed) = (data, begin, seed);
        _order = new int[end - begin];
        for (var i = 0; i < _order.Length; i++) _order[i] = begin + i;
        Standardise();
        var (sums, known) = CountOutcomes();
        _parameters = RankerParameters.Begin(sums, known, seed);
        (_first, _second) = (new float[_parameters.Values.Length], new float[_parameters.Values.Length]);
    }

    /// <summary>Goes over all impressions once, in an order of its own.</summary>
    public void Pass(CancellationToken cancellationToken)
    {
        var random = new Randomness((ulong)_seed, (ulong)++_epochs);
        for (var i = _order.Length - 1; i > 0; i--)
        {
            var other = random.Below(i + 1);
            (_order[i], _order[other]) = (_order[other], _order[i]);
        }
        for (var at = 0; at < _order.Length; at += BatchSize)
        {
            if (at % (BatchSize * 256) == 0) cancellationToken.ThrowIfCancellationRequested();
            var size = Math.Min(BatchSize, _order.Length - at);
            Array.Clear(_gradient.Values);
            for (var i = 0; i < size; i++) AddGradient(_order[at + i]);
            Step(1f / size);
        }
    }

    /// <summary>What was learnt so far.</summary>
    public FittedRanker Fitted() => new(_parameters.ToNetwork(_means, _scales), _parameters.PlaceBiases.ToArray());

    private void Standardise()
    {
        var (sums, squares) = (new double[_means.Length], new double[_means.Length]);
        for (var i = 0; i < _order.Length; i++)
        {
            var features = _data.FeaturesOf(_begin + i);
            for (var f = 0; f < features.Length; f++) (sums[f], squares[f]) = (sums[f] + features[f], squares[f] + ((double)features[f] * features[f]));
        }
        for (var f = 0; f < _means.Length; f++)
        {
            var mean = sums[f] / _order.Length;
            var variance = (squares[f] / _order.Length) - (mean * mean);
            (_means[f], _scales[f]) = ((float)mean, variance > 1e-12 ? (float)(1 / Math.Sqrt(variance)) : 0);
        }
    }

    private (double[] Sums, double[] Known) CountOutcomes()
    {
        var (sums, known) = (new double[RankerParameters.Places * Outputs], new double[RankerParameters.Places * Outputs]);
        for (var i = 0; i < _order.Length; i++)
        {
            var outcomes = _data.OutcomesOf(_begin + i);
            var place = RankerParameters.PlaceOf(_data.Positions[_begin + i]) * Outputs;
            for (var o = 0; o < Outputs; o++)
                if (!float.IsNaN(outcomes[o])) (sums[place + o], known[place + o]) = (sums[place + o] + outcomes[o], known[place + o] + 1);
        }
        return (sums, known);
    }

    private void AddGradient(int impression)
    {
        const int Hidden = RankerNetwork.Hidden;
        Span<float> x = stackalloc float[_means.Length];
        Span<float> hidden = stackalloc float[Hidden];
        Span<float> error = stackalloc float[Outputs];
        var features = _data.FeaturesOf(impression);
        ReadOnlySpan<float> hiddenWeights = _parameters.HiddenWeights, outputWeights = _parameters.OutputWeights, directWeights = _parameters.DirectWeights;
        _parameters.HiddenBiases.CopyTo(hidden);
        _parameters.OutputBiases.CopyTo(error);
        for (var f = 0; f < x.Length; f++)
        {
            x[f] = Math.Clamp((features[f] - _means[f]) * _scales[f], -RankerNetwork.Limit, RankerNetwork.Limit);
            AddScaled(hidden, hiddenWeights.Slice(f * Hidden, Hidden), x[f]);
            AddScaled(error, directWeights.Slice(f * Outputs, Outputs), x[f]);
        }
        for (var h = 0; h < Hidden; h++)
            if (hidden[h] > 0) AddScaled(error, outputWeights.Slice(h * Outputs, Outputs), hidden[h]);
        var outcomes = _data.OutcomesOf(impression);
        var place = _data.Positions[impression];
        AddScaled(error, _parameters.PlaceBiasesOf(place), 1);
        for (var o = 0; o < Outputs; o++) error[o] = float.IsNaN(outcomes[o]) ? 0 : RankerNetwork.Logistic(error[o]) - outcomes[o];

        AddScaled(_gradient.OutputBiases, error, 1);
        if (place > 0) AddScaled(_gradient.PlaceBiasesOf(place), error, 1);
        Span<float> back = stackalloc float[Hidden];
        for (var h = 0; h < Hidden; h++)
        {
            back[h] = 0;
            if (hidden[h] <= 0) continue;
            for (var o = 0; o < Outputs; o++) back[h] += outputWeights[(h * Outputs) + o] * error[o];
            AddScaled(_gradient.OutputWeights.Slice(h * Outputs, Outputs), error, hidden[h]);
        }
        AddScaled(_gradient.HiddenBiases, back, 1);
        for (var f = 0; f < x.Length; f++)
        {
            AddScaled(_gradient.HiddenWeights.Slice(f * Hidden, Hidden), back, x[f]);
            AddScaled(_gradient.DirectWeights.Slice(f * Outputs, Outputs), error, x[f]);
        }
    }

    private void Step(float share)
    {
        _steps++;
        var values = _parameters.Values;
        var rate = LearningRate * (float)(Math.Sqrt(1 - Math.Pow(SecondMoment, _steps)) / (1 - Math.Pow(FirstMoment, _steps)));
        for (var i = 0; i < values.Length; i++)
        {
            var slope = (_gradient.Values[i] * share) + (i < _parameters.Decaying ? WeightDecay * values[i] : 0);
            _first[i] = (FirstMoment * _first[i]) + ((1 - FirstMoment) * slope);
            _second[i] = (SecondMoment * _second[i]) + ((1 - SecondMoment) * slope * slope);
            values[i] -= rate * _first[i] / (MathF.Sqrt(_second[i]) + 1e-8f);
        }
    }

    private static void AddScaled(Span<float> sum, ReadOnlySpan<float> values, float factor)
    {
        for (var i = 0; i < sum.Length; i++) sum[i] += factor * values[i];
    }
}
