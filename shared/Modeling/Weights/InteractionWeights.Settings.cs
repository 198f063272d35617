using System.Globalization;
using Recommender.Modeling.Trainers;

namespace Recommender.Modeling.Weights;

/// <content>The weights as text, as a model's manifest and the parameters of a training run carry them.</content>
public sealed partial record InteractionWeights
{
    private static readonly (string Key, Func<InteractionWeights, double> Get, Func<InteractionWeights, double, InteractionWeights> Set)[] s_settings =
    [
        ("view", w => w.View, (w, v) => w with { View = v }),
        ("watch_ratio", w => w.WatchRatio, (w, v) => w with { WatchRatio = v }),
        ("max_watch_ratio", w => w.MaxWatchRatio, (w, v) => w with { MaxWatchRatio = v }),
        ("like", w => w.Like, (w, v) => w with { Like = v }),
        ("share", w => w.Share, (w, v) => w with { Share = v }),
        ("follow", w => w.Follow, (w, v) => w with { Follow = v }),
        ("max_repeats", w => w.MaxRepeats, (w, v) => w with { MaxRepeats = double.IsInteger(v) ? (int)Math.Clamp(v, int.MinValue, int.MaxValue) : 0 }),
        ("skip", w => w.Skip, (w, v) => w with { Skip = v }),
        ("unlike", w => w.Unlike, (w, v) => w with { Unlike = v }),
        ("not_interested", w => w.NotInterested, (w, v) => w with { NotInterested = v }),
        ("max_dislike", w => w.MaxDislike, (w, v) => w with { MaxDislike = v }),
        ("assumed_duration_seconds", w => w.AssumedDurationSeconds, (w, v) => w with { AssumedDurationSeconds = v }),
    ];

    /// <summary>The keys of <see cref="ToSettings"/>: the properties in snake_case.</summary>
    public static IReadOnlyList<string> SettingKeys { get; } = [.. s_settings.Select(s => s.Key)];

    /// <summary>All weights as key and value; <see cref="With"/> reads them back exactly.</summary>
    public IReadOnlyDictionary<string, string> ToSettings() =>
        s_settings.ToDictionary(s => s.Key, s => s.Get(this).ToString("R", CultureInfo.InvariantCulture), StringComparer.Ordinal);

    /// <summary>These weights with the given settings over them.</summary>
    /// <exception cref="ParameterException">An unknown key, or a value out of range.</exception>
    public InteractionWeights With(IReadOnlyDictionary<string, string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var result = this;
        foreach (var (key, text) in settings)
        {
            var setting = Array.Find(s_settings, s => s.Key == key);
            if (setting.Key is null) throw new ParameterException($"There is no weight '{key}'; the weights are {string.Join(", ", SettingKeys)}.");
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
                throw new ParameterException($"The weight '{key}' is '{text}' but must be a number.");
            result = setting.Set(result, value);
        }

        return result.Validate().FirstOrDefault() is { } wrong ? throw new ParameterException(wrong) : result;
    }
}
