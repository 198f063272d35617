using Recommender.Hosting.Online;

namespace Recommender.Serving.Pipeline;

/// <summary>Something that the viewer did, as the reason for a video.</summary>
/// <param name="Event">What it was.</param>
/// <param name="Similarity">Of its video to the one explained, -1 to 1; 0 when unknown.</param>
internal readonly record struct Evidence(RecentInteraction Event, double Similarity);
