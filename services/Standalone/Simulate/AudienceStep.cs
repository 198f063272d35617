using Recommender.V1;

namespace Recommender.Standalone.Simulate;

/// <summary>What happens next: videos are published, or a viewer does something.</summary>
/// <param name="Published">Videos that are new from now on; empty otherwise.</param>
/// <param name="Event">What the viewer does.</param>
internal readonly record struct AudienceStep(IReadOnlyList<Video> Published, Event? Event);
