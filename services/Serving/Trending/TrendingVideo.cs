using Recommender.Hosting.Online;

namespace Recommender.Serving.Trending;

/// <summary>One trending video.</summary>
/// <param name="VideoId">The video.</param>
/// <param name="Hash"><see cref="StableHash"/> of the id, as viewers' memories of seen videos hold it.</param>
/// <param name="Engagement">Its decayed engagement, added up over all partitions.</param>
internal readonly record struct TrendingVideo(string VideoId, ulong Hash, DecayedSum Engagement);
