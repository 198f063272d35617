using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Recommender.Hosting.Configuration;

namespace Recommender.Serving.Experiments;

/// <summary>
/// Assigns viewers to arms without remembering anyone: per layer a hash of layer, salt and viewer says which part of the whole the viewer
/// falls into. The same viewer has the same arms on every replica and at every time, and layers are independent of one another.
/// </summary>
internal sealed class Assignments
{
    /// <summary>What may differ between viewers: settings that are read anew for every answer.</summary>
    private static readonly HashSet<string> s_overridable = new(StringComparer.OrdinalIgnoreCase)
    {
        nameof(ServingOptions.TrendingWindow), nameof(ServingOptions.TrendingWeight), nameof(ServingOptions.SimilarWeight), nameof(ServingOptions.SimilarFor),
        nameof(ServingOptions.AuthorCap), nameof(ServingOptions.AuthorWindow), nameof(ServingOptions.AuthorDecay), nameof(ServingOptions.Diversity),
        nameof(ServingOptions.FollowedWeight), nameof(ServingOptions.FreshShare), nameof(ServingOptions.FreshEpsilon), nameof(ServingOptions.FreshImpressionCap),
        nameof(ServingOptions.FreshFor), nameof(ServingOptions.FreshPool), nameof(ServingOptions.RecentWatchRatio), nameof(ServingOptions.Sources),
        nameof(ServingOptions.Ranker), nameof(ServingOptions.LikeWeight), nameof(ServingOptions.ShareWeight), nameof(ServingOptions.WatchWeight),
    };

    private readonly Layer[] _layers;

    /// <summary>One per combination of arms; the arm of the first layer counts least.</summary>
    private readonly Assignment[] _combinations;

    /// <summary>Binds and checks the settings of every combination of arms.</summary>
    /// <exception cref="OptionsException">An arm sets what is no setting, may not differ between viewers, or is out of range.</exception>
    public Assignments(ExperimentOptions experiments, ServingOptions usual, IConfiguration configuration)
    {
        _layers = [.. experiments.Layers.OrderBy(layer => layer.Key, StringComparer.Ordinal).Select(layer => new Layer(layer.Key, layer.Value, configuration))];
        RefuseDisturbance();
        _combinations = new Assignment[_layers.Aggregate(1, (count, layer) => count * layer.Arms.Length)];
        for (var i = 0; i < _combinations.Length; i++) _combinations[i] = Combine(i, usual, configuration);
    }

    /// <summary>All combinations of arms.</summary>
    public IReadOnlyList<Assignment> Combinations => _combinations;

    /// <summary>A viewer's arms. Allocates nothing.</summary>
    public Assignment Of(string userId)
    {
        var (index, step) = (0, 1);
        foreach (var layer in _layers)
        {
            index += step * layer.ArmOf(userId);
            step *= layer.Arms.Length;
        }
        return _combinations[index];
    }

    /// <summary>A setting of two layers would make the one's effect depend on the other.</summary>
    private void RefuseDisturbance()
    {
        var owners = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (layer, arm, key) in _layers.SelectMany(layer => layer.Arms.SelectMany(arm => arm.Overrides.Keys.Select(key => (layer.Name, arm.Name, key)))))
            if (!owners.TryAdd(key, layer) && owners[key] != layer)
                throw new OptionsException($"{ExperimentOptions.Section}:Layers:{layer}:Arms:{arm}:Overrides:{key} is set by layer {owners[key]} as well, and layers must not disturb one another.");
    }

    private Assignment Combine(int index, ServingOptions usual, IConfiguration configuration)
    {
        var (names, overrides) = (new List<string>(), new Dictionary<string, string?>());
        foreach (var layer in _layers)
        {
            var arm = layer.Arms[index % layer.Arms.Length];
            index /= layer.Arms.Length;
            names.Add($"{layer.Name}={arm.Name}");
            foreach (var (key, value) in arm.Overrides)
            {
                if (!s_overridable.Contains(key.Split(':')[0]))
                    throw new OptionsException($"{ExperimentOptions.Section}:Layers:{layer.Name}:Arms:{arm.Name}:Overrides:{key} can't differ between viewers; these can: {string.Join(", ", s_overridable.Order())}.");
                overrides[$"{ServingOptions.Section}:{key}"] = value;
            }
        }
        var name = string.Join(',', names);
        return new Assignment(name, overrides.Count == 0 ? usual : Overridden(name, overrides, configuration));
    }

    private static ServingOptions Overridden(string name, Dictionary<string, string?> overrides, IConfiguration configuration)
    {
        try
        {
            return OptionsBinding.Bind<ServingOptions>(new ConfigurationBuilder().AddConfiguration(configuration).AddInMemoryCollection(overrides).Build());
        }
        catch (OptionsException e)
        {
            throw new OptionsException($"With the overrides of {ExperimentOptions.Section}:Layers for {name}: {e.Message}", e);
        }
    }

    private sealed class Layer
    {
        private readonly byte[] _prefix;
        private readonly double[] _ends;

        public Layer(string name, LayerSettings settings, IConfiguration configuration)
        {
            Name = name;
            // A byte that is in no text keeps ("a", "bc") apart from ("ab", "c").
            _prefix = [.. Encoding.UTF8.GetBytes(name), 0xFF, .. Encoding.UTF8.GetBytes(settings.Salt), 0xFF];
            var arms = settings.Arms.OrderBy(arm => arm.Key, StringComparer.Ordinal).ToArray();
            // Read from the configuration itself, since a key may lie deeper, as Sources:similar:Quota does.
            var section = configuration.GetSection($"{ExperimentOptions.Section}:Layers:{name}:Arms");
            Arms = [new(ExperimentOptions.Control, []), .. arms.Select(arm => (arm.Key, OverridesIn(section.GetSection($"{arm.Key}:Overrides"))))];
            _ends = new double[arms.Length];
            for (var i = 0; i < arms.Length; i++) _ends[i] = (i > 0 ? _ends[i - 1] : 0) + arms[i].Value.Share;
        }

        public string Name { get; }

        public (string Name, Dictionary<string, string?> Overrides)[] Arms { get; }

        private static Dictionary<string, string?> OverridesIn(IConfigurationSection section) =>
            section.AsEnumerable(makePathsRelative: true).Where(setting => setting.Key.Length > 0 && setting.Value is not null).ToDictionary(StringComparer.OrdinalIgnoreCase);

        /// <summary>Number of a viewer's arm; 0 is control.</summary>
        public int ArmOf(string userId)
        {
            Span<byte> text = stackalloc byte[_prefix.Length + Encoding.UTF8.GetMaxByteCount(userId.Length)];
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            _prefix.CopyTo(text);
            var length = _prefix.Length + Encoding.UTF8.GetBytes(userId, text[_prefix.Length..]);
            SHA256.HashData(text[..length], hash);
            var place = BinaryPrimitives.ReadUInt64LittleEndian(hash) / 18446744073709551616.0;
            for (var i = 0; i < _ends.Length; i++)
                if (place < _ends[i]) return i + 1;
            return 0;
        }
    }
}
