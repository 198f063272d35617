using Recommender.Hosting.Online;

namespace Recommender.Serving.Viewers;

/// <summary>What could be read about a viewer.</summary>
/// <param name="State">The state, empty for a new viewer; null when it could not be read.</param>
/// <param name="List">The precomputed list; null when there is none or it could not be read.</param>
/// <param name="IsListKnown">Whether it is known that <paramref name="List"/> is all there is.</param>
internal readonly record struct ViewerRead(ViewerState? State, StoredList? List, bool IsListKnown);
