namespace Recommender.Modeling.Numerics;

/// <summary>
/// A SplitMix64 generator (Steele, Lea, Flood 2014): the same numbers on every platform, and an independent stream per
/// (seed, stream) without a shared state.
/// </summary>
internal struct Randomness(ulong seed, ulong stream)
{
    private ulong _state = Mix(seed + (0x9E3779B97F4A7C15UL * (stream + 1)));

    public ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15UL;
        return Mix(_state);
    }

    /// <summary>Uniform in [0, exclusive), by multiplication; its bias is below exclusive / 2^64.</summary>
    public int Below(int exclusive) => (int)Math.BigMul(NextBits(), (ulong)exclusive, out _);

    /// <summary>
    /// Nearly normal with mean 0 and deviation 1: twelve uniform numbers added up, less six. Uses only exact additions, unlike
    /// formulas with logarithms, whose last bits differ between platforms.
    /// </summary>
    public double NextNormal()
    {
        var sum = 0L;
        for (var i = 0; i < 6; i++)
        {
            var bits = NextBits();
            sum += (long)(bits >> 32) + (uint)bits;
        }

        return ((sum + 6) / 4294967296.0) - 6.0;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
