namespace Recommender.Hosting.Online;

/// <summary>
/// By what an event is known again when a client sends it twice: 40 bits of the hash of its id, whatever else it says. Another event is taken for it in one
/// of 2^40 cases (9e-13) for each event that is remembered of the viewer.
/// </summary>
public static class RetryKey
{
    /// <summary>Bits of a key.</summary>
    public const int Bits = 40;

    /// <summary>The key of an event.</summary>
    /// <param name="eventId">Hash of its id (<see cref="StableHash"/>).</param>
    public static ulong Of(ulong eventId) => eventId & ((1UL << Bits) - 1);
}
