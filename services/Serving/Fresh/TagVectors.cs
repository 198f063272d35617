using System.Runtime.InteropServices;
using Recommender.Serving.Catalog;
using Recommender.Serving.Model;

namespace Recommender.Serving.Fresh;

/// <summary>The mean direction of a model's videos per tag. Memory: one vector per tag, for at most 10,000 tags.</summary>
internal sealed class TagVectors
{
    private const int MaxTags = 10_000;
    private readonly Dictionary<int, float[]> _sums = [];

    /// <summary>Adds up the directions of all videos that model and catalog know.</summary>
    public TagVectors(ModelGeneration model, VideoCatalog catalog)
    {
        var factors = model.Factors!;
        var direction = new float[factors.Length];
        for (var item = 0; item < model.ItemCount; item++)
        {
            if (!factors.Knows(item) || !catalog.TryFind(model.IdOf(item), out var video) || video.Traits.Tags.Length == 0) continue;
            factors.CopyDirection(item, direction);
            foreach (var tag in video.Traits.Tags)
            {
                if (_sums.Count == MaxTags && !_sums.ContainsKey(tag)) continue;
                ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, tag, out _);
                sum ??= new float[factors.Length];
                Vectors.AddScaled(sum, direction, 1);
            }
        }
    }

    /// <summary>The sum of the directions of a tag's videos; empty when there are none.</summary>
    public ReadOnlySpan<float> SumOf(int tag) => _sums.TryGetValue(tag, out var sum) ? sum : [];
}
