using Recommender.Serving.Catalog;

namespace Recommender.Serving.Model;

/// <summary>What every answer asks of an item, in one place: it then comes from memory once.</summary>
internal struct ItemCard
{
    public required string Id { get; init; }

    public required ulong Hash { get; init; }

    /// <summary>By that of the most popular item, 0 to 1.</summary>
    public required float Popularity { get; init; }

    /// <summary>What the catalog last said of it.</summary>
    public CatalogVideo? Video { get; set; }
}
