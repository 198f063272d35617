using System.Diagnostics.CodeAnalysis;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Online;
using Recommender.Modeling.Onnx.Ranking;
using Recommender.Modeling.Retrieval;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Weights;
using Recommender.Serving.Catalog;

namespace Recommender.Serving.Model;

/// <summary>
/// One loaded model version with everything that answering needs. A call takes the current one once and keeps it to its end, so a swap
/// never mixes two versions in one answer; the old one is gone when the last call lets go of it.
/// </summary>
internal sealed class ModelGeneration : IKnownTexts
{
    private const int PopularDepth = 10_000;

    private readonly ItemCard[] _cards;
    private readonly ItemIds _ids;
    private readonly ItemHashes _hashes;
    private readonly ulong[] _deleted;

    /// <summary>Builds the look-ups of a version whose files were checked.</summary>
    /// <param name="manifest">What the version is.</param>
    /// <param name="ids">Video ids by item number.</param>
    /// <param name="factors">Their vectors; null when the model has none.</param>
    /// <param name="popularity">A popularity per item, from 0.</param>
    /// <param name="weights">The weights that made the training data.</param>
    public ModelGeneration(ModelManifest manifest, IdIndex ids, ItemFactors? factors, float[] popularity, InteractionWeights weights)
    {
        (Manifest, Factors, Weights) = (manifest, factors, weights);
        _deleted = new ulong[(ids.Count + 63) / 64];
        var popular = new ScoredItem[Math.Min(ids.Count, PopularDepth)];
        Popular = popular.AsMemory(0, TopK.Select(popularity, default, popular));
        var most = Popular.Length > 0 && popular[0].Score > 0 ? popular[0].Score : float.PositiveInfinity;
        _cards = new ItemCard[ids.Count];
        for (var item = 0; item < ids.Count; item++) _cards[item] = new ItemCard { Id = ids[item], Hash = StableHash.Of(ids[item]), Popularity = popularity[item] / most };
        _ids = new ItemIds(_cards);
        _hashes = new ItemHashes(ids.Count, HashOf);
    }

    /// <summary>What the version is.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Name of the version.</summary>
    public string Version => Manifest.Version;

    /// <summary>Number of videos in the model.</summary>
    public int ItemCount => _cards.Length;

    /// <summary>The vectors; null when the model has none, as popularity has none.</summary>
    public ItemFactors? Factors { get; }

    /// <summary>Whether a viewer's vector can be solved from events.</summary>
    [MemberNotNullWhen(true, nameof(Factors))]
    public bool CanFoldIn => Factors is { CanFoldIn: true };

    /// <summary>The weights that turn events into confidences.</summary>
    public InteractionWeights Weights { get; }

    /// <summary>The most popular videos, best first; at most 10,000.</summary>
    public ReadOnlyMemory<ScoredItem> Popular { get; }

    /// <summary>How videos are watched, liked and shared; null in versions that were made without.</summary>
    public ItemRates? Rates { get; init; }

    /// <summary>The learned ranker; null where the version has none that can be used, and the plain blend ranks.</summary>
    public RankerSession? Ranker { get; init; }

    /// <summary>Why the version's ranker can't be used; null when it can, or there is none.</summary>
    public string? RankerProblem { get; init; }

    /// <summary>Bits of deleted items, for <see cref="ItemFilter"/>.</summary>
    public ReadOnlySpan<ulong> Deleted => _deleted;

    /// <summary>Id of an item.</summary>
    public string IdOf(int item) => _cards[item].Id;

    /// <summary>Stable hash of an item's id.</summary>
    public ulong HashOf(int item) => _cards[item].Hash;

    /// <summary>What the catalog says of an item now; null when it does not hold it. Looked up by its id once for each state of it.</summary>
    public CatalogVideo? VideoOf(int item, VideoCatalog catalog)
    {
        ref var card = ref _cards[item];
        if (card.Video is { IsReplaced: false } known) return known;
        return catalog.TryFind(card.Id, out var video) ? card.Video = video : null;
    }

    /// <summary>Item number of a video; false when the model does not know it.</summary>
    public bool TryFind(ReadOnlySpan<char> videoId, out int item) => _ids.TryFind(videoId, out item);

    /// <summary>Item number of a video; -1 when the model does not know it.</summary>
    public int ItemOf(ReadOnlySpan<char> videoId) => TryFind(videoId, out var item) ? item : -1;

    /// <inheritdoc/>
    public string? Find(ReadOnlySpan<char> characters, out int number) => _ids.Find(characters, out number) ?? (characters.SequenceEqual(Version) ? Version : null);

    /// <summary>Item number of a video given by the hash of its id.</summary>
    public bool TryFind(ulong hash, out int item) => _hashes.TryFind(hash, out item);

    /// <summary>Says that a video is looked for soon by the hash of its id.</summary>
    public void Expect(ulong hash) => _hashes.Expect(hash);

    /// <summary>Says that candidates are made of items soon; what the model does not know is passed over.</summary>
    public void Expect(ReadOnlySpan<ScoredItem> items)
    {
        foreach (var (item, _) in items) ExpectCard(item);
        foreach (var (item, _) in items) ExpectVideo(item);
    }

    /// <summary>Says that something of an item is asked for soon.</summary>
    public void ExpectCard(int item)
    {
        if ((uint)item < (uint)_cards.Length) Ahead.Of(ref _cards[item]);
    }

    /// <summary>Says that <see cref="VideoOf"/> is asked for soon; the item's card was expected before.</summary>
    public void ExpectVideo(int item)
    {
        if ((uint)item < (uint)_cards.Length) Ahead.OfObject(_cards[item].Video);
    }

    /// <summary>Popularity relative to the most popular video, 0 to 1.</summary>
    public double PopularityOf(int item) => _cards[item].Popularity;

    /// <summary>Notes whether a video is deleted. One thread at a time; searches may run meanwhile.</summary>
    public void MarkDeleted(string videoId, bool isDeleted)
    {
        if (!TryFind(videoId, out var item)) return;
        var bit = 1UL << (item & 63);
        ref var word = ref _deleted[item >> 6];
        Volatile.Write(ref word, isDeleted ? word | bit : word & ~bit);
    }
}
