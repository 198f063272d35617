namespace Recommender.Features.State;

/// <summary>What an event did to a viewer's state.</summary>
internal enum Absorption
{
    /// <summary>Nothing: the watermark says that the record was absorbed before.</summary>
    Replayed,

    /// <summary>Nothing: an event of the same id was absorbed before.</summary>
    Duplicate,

    /// <summary>It belongs to what the viewer asked to be forgotten, or is that wish itself.</summary>
    Forgotten,

    /// <summary>It counts.</summary>
    Effective,
}
