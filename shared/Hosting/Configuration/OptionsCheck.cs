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

    /// <summary>The text must be addresses, <c>host:port</c>, separated by commas.</summary>
    /// <exception cref="OptionsException">It is not.</exception>
    public void Addresses(string value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        NotEmpty(value, name);
        if (!value.Split(',').All(part => IsAddress(part.Trim()))) Fail(name, value, "it must be host:port with a port from 1 to 65535, or several of them separated by commas");
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

    // An IPv6 address stands in brackets.
    private static bool IsAddress(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535) return false;
        var host = text.AsSpan(0, colon);
        return host is ['[', .., ']'] || !host.ContainsAny(":/[] ");
    }

    private void Fail(string name, object? value, string allowed) =>
        throw new OptionsException($"{section}:{name} is {Text(value)}; {allowed}.");

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
