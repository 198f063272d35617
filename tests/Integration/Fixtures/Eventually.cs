using System.Runtime.CompilerServices;

namespace Recommender.Tests.Fixtures;

/// <summary>Waits for what must come to pass, with a deadline that only a hanging program misses.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until a condition holds.</summary>
    public static Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        TrueAsync(() => Task.FromResult(condition()), what);

    /// <summary>Waits until a condition holds.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(begin) > Deadline)
                Assert.Fail($"After {Deadline.TotalSeconds} seconds this still does not hold: {what}");

            await Task.Delay(Poll, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Repeats a call until it does not throw, and returns its result.</summary>
    public static async Task<T> SucceedsAsync<T, TError>(Func<Task<T>> call) where TError : Exception
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (TError) when (TimeProvider.System.GetElapsedTime(begin) < Deadline)
            {
                await Task.Delay(Poll, TestContext.Current.CancellationToken);
            }
        }
    }
}
