using System.Globalization;
using System.Runtime.CompilerServices;

namespace Recommender.Hosting.Configuration;

/// <summary>Checks the values of one options record; the first wrong one throws a sentence that names key, value and allowed range.</summary>
/// <param name="section">The record's configuration section.</param>
public sealed class OptionsCheck(string section)
{
    /// <summary>The value must lie in [min, max].</summary>
    /// <exception cref="OptionsException">It does not.</exception>
    public void Range<T>(T value, T min, T max, [CallerArgumentExpression(nameof(value))] string name = "") where T : IComparable<T>
    {
        // The comparison is written so that NaN fails it.
        if (!(value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0)) Fail(name, value, $"allowed is {Text(min)} to {Text(max)}");
    }

    /// <summary>The text must not be empty.</summary>
    /// <exception cref="OptionsException">It is.</exception>
    public void NotEmpty(string? value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (string.IsNullOrWhiteSpace(value)) Fail(name, "empty", "it must have a value");
    }

    /// <summary>The text must be one of the allowed ones.</summary>
    /// <exception cref="OptionsException">It is not.</exception>
    public void OneOf(string value, IReadOnlyCollection<string> allowed, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!allowed.Contains(value, StringComparer.OrdinalIgnoreCase)) Fail(name, $"'{value}'", $"allowed is one of {string.Join(", ", allowed)}");
    }

    /// <summary>Any other condition, with what is allowed in words.</summary>
    /// <exception cref="OptionsException">The condition is false.</exception>
    public void That(bool condition, object? value, string allowed, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!condition) Fail(name, value, allowed);
    }

    private void Fail(string name, object? value, string allowed) =>
        throw new OptionsException($"{section}:{name} is {Text(value)}; {allowed}.");

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
