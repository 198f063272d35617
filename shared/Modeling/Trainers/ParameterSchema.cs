using System.Globalization;

namespace Recommender.Modeling.Trainers;

/// <summary>The keys of a parameter record: reads key=value settings into it, and writes it back as settings.</summary>
/// <typeparam name="T">An immutable record.</typeparam>
/// <param name="trainer">The trainer's name, for messages.</param>
/// <param name="defaults">The record of the defaults; null: a new one.</param>
internal sealed class ParameterSchema<T>(string trainer, T? defaults = null)
    where T : class, new()
{
    private const string Auto = "auto";

    private readonly T _defaults = defaults ?? new T();
    private readonly List<Parameter> _parameters = [];

    private delegate bool Reader(T parameters, string text, out T result);

    private IEnumerable<string> Keys => _parameters.Select(p => p.Key);

    public ParameterSchema<T> Integer(string key, int least, int most, string meaning, Func<T, int> get, Func<T, int, T> set)
    {
        bool Read(T parameters, string text, out T result)
        {
            var valid = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most;
            result = valid ? set(parameters, value) : parameters;
            return valid;
        }

        return Add(key, $"a whole number from {least} to {most}", meaning, Read, p => get(p).ToString(CultureInfo.InvariantCulture));
    }

    public ParameterSchema<T> Number(string key, double least, double most, string meaning, Func<T, double> get, Func<T, double, T> set)
    {
        bool Read(T parameters, string text, out T result)
        {
            var valid = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most;
            result = valid ? set(parameters, value) : parameters;
            return valid;
        }

        var allowed = string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}");
        return Add(key, allowed, meaning, Read, p => get(p).ToString(CultureInfo.InvariantCulture));
    }

    public ParameterSchema<T> NumberOrAuto(string key, double least, double most, string meaning, Func<T, double?> get, Func<T, double?, T> set)
    {
        bool Read(T parameters, string text, out T result)
        {
            var isAuto = text == Auto;
            var valid = (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most) || isAuto;
            result = valid ? set(parameters, isAuto ? null : value) : parameters;
            return valid;
        }

        var allowed = string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}, or {Auto}");
        return Add(key, allowed, meaning, Read, p => get(p)?.ToString(CultureInfo.InvariantCulture) ?? Auto);
    }

    public ParameterSchema<T> Choice<TEnum>(string key, string meaning, Func<T, TEnum> get, Func<T, TEnum, T> set)
        where TEnum : struct, Enum
    {
        var names = Enum.GetNames<TEnum>().Select(n => n.ToLowerInvariant()).ToArray();
        bool Read(T parameters, string text, out T result)
        {
            var at = Array.IndexOf(names, text);
            result = at >= 0 ? set(parameters, Enum.GetValues<TEnum>()[at]) : parameters;
            return at >= 0;
        }

        return Add(key, string.Join(" or ", names), meaning, Read, p => get(p).ToString().ToLowerInvariant());
    }

    /// <summary>Adds all keys of a record within this one.</summary>
    public ParameterSchema<T> Include<TInner>(ParameterSchema<TInner> inner, Func<T, TInner> get, Func<T, TInner, T> set)
        where TInner : class, new()
    {
        foreach (var parameter in inner._parameters)
        {
            bool Read(T parameters, string text, out T result)
            {
                var valid = parameter.Read(get(parameters), text, out var value);
                result = valid ? set(parameters, value) : parameters;
                return valid;
            }

            Add(parameter.Key, parameter.Allowed, parameter.Meaning, Read, p => parameter.Write(get(p)));
        }

        return this;
    }

    public ParameterSchema<T> Text(
        string key, string allowed, string meaning, Func<string, bool> isValid, Func<T, string> get, Func<T, string, T> set)
    {
        bool Read(T parameters, string text, out T result)
        {
            var valid = isValid(text);
            result = valid ? set(parameters, text) : parameters;
            return valid;
        }

        return Add(key, allowed, meaning, Read, get);
    }

    public T Parse(IReadOnlyDictionary<string, string> settings)
    {
        var result = _defaults;
        foreach (var (key, text) in settings)
        {
            var parameter = _parameters.Find(p => p.Key == key)
                ?? throw new ParameterException($"The trainer '{trainer}' has no parameter '{key}'; it has {string.Join(", ", Keys)}.");
            if (!parameter.Read(result, text, out result))
                throw new ParameterException($"The parameter '{key}' of the trainer '{trainer}' is '{text}' but must be {parameter.Allowed}.");
        }

        return result;
    }

    public IReadOnlyDictionary<string, string> ToSettings(T parameters) => _parameters.ToDictionary(p => p.Key, p => p.Write(parameters));

    public IReadOnlyList<ParameterDescription> Describe() =>
        [.. _parameters.Select(p => new ParameterDescription(p.Key, p.Write(_defaults), p.Allowed, p.Meaning))];

    private ParameterSchema<T> Add(string key, string allowed, string meaning, Reader read, Func<T, string> write)
    {
        _parameters.Add(new Parameter(key, allowed, meaning, read, write));
        return this;
    }

    private sealed record Parameter(string Key, string Allowed, string Meaning, Reader Read, Func<T, string> Write);
}
