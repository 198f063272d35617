namespace Recommender.Tests.Benchmarks.Serving;

/// <summary>How much is measured.</summary>
/// <param name="Viewers">Viewers in Redis; every other one did something that the list does not hold.</param>
/// <param name="Videos">Videos of the usual catalog.</param>
/// <param name="ManyVideos">Videos of the large one; 0: it is left out.</param>
/// <param name="Factors">Length of the vectors.</param>
/// <param name="Rounds">How often things are measured in turn; the medians count.</param>
/// <param name="Seconds">How long each measurement of calls takes.</param>
/// <param name="Requests">Calls over which memory is watched.</param>
internal sealed record ServingPlan(int Viewers, int Videos, int ManyVideos, int Factors, int Rounds, double Seconds, int Requests);
