using FsCheck;
using FsCheck.Fluent;

namespace Recommender.Tests.Unit.Modeling;

/// <summary>Properties that must hold for whatever a seed makes of the data.</summary>
internal static class Seeds
{
    /// <summary>Checks <paramref name="property"/>, which throws where it does not hold, for a hundred seeds.</summary>
    public static void ForAll(Action<int> property) =>
        Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true), Prop.ForAll(ArbMap.Default.ArbFor<int>(), property));
}
