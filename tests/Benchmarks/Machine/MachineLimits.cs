namespace Recommender.Tests.Benchmarks.Machine;

/// <summary>What this machine can do at the moment, by code of this project.</summary>
/// <param name="Threads">Threads of every measurement.</param>
/// <param name="FmaGflops">Fused multiply-adds in registers.</param>
/// <param name="SgemmGflops">A matrix product in cache blocks.</param>
/// <param name="ReadGigabytes">Streaming read, GB/s.</param>
internal sealed record MachineLimits(int Threads, double FmaGflops, double SgemmGflops, double ReadGigabytes)
{
    public static MachineLimits Measure(int threads) => new(threads, FmaPeak.Measure(threads), SgemmPeak.Measure(threads), StreamingRead.Measure(threads));
}
