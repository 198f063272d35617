using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Recommender.Hosting.Configuration;

/// <summary>Binds options records, strictly: unknown keys and unreadable values stop the start.</summary>
public static class OptionsBinding
{
    /// <summary>Prefix of every environment variable that is a setting.</summary>
    public const string EnvironmentPrefix = "RECOMMENDER_";

    /// <summary>Binds and validates the record once and registers it as a singleton; returns it for use during wiring.</summary>
    /// <exception cref="OptionsException">A key is unknown, or a value is unreadable or out of range.</exception>
    public static T AddOptionsRecord<T>(this IHostApplicationBuilder builder) where T : class, IOptionsRecord, new()
    {
        var options = Bind<T>(builder.Configuration);
        builder.Services.TryAddSingleton(options);
        return options;
    }

    /// <summary>Binds and validates a record from its section.</summary>
    /// <exception cref="OptionsException">A key is unknown, or a value is unreadable or out of range.</exception>
    public static T Bind<T>(IConfiguration configuration) where T : class, IOptionsRecord, new()
    {
        var section = configuration.GetSection(T.Section);
        RefuseUnknownKeys(section, typeof(T));
        // The binder leaves entries of a dictionary out, without a word, when one of their values can't be read; its own messages name types of .NET.
        if (FindUnreadable(section, typeof(T)) is { } unreadable) throw new OptionsException(unreadable);
        T options;
        try
        {
            options = section.Get<T>() ?? new T();
        }
        catch (InvalidOperationException e)
        {
            throw new OptionsException($"{section.Path} cannot be read: {e.Message}", e);
        }
        options.Validate(new OptionsCheck(T.Section));
        return options;
    }

    private static void RefuseUnknownKeys(IConfigurationSection section, Type type)
    {
        var known = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).ToArray();
        foreach (var child in section.GetChildren())
        {
            var property = Array.Find(known, p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase))
                ?? throw new OptionsException($"{section.Path}:{child.Key} is not a setting; known settings of {section.Path}: {Names(known)}.");
            if (IsGroup(property.PropertyType)) RefuseUnknownKeys(child, property.PropertyType);
            if (GroupOfEntries(property.PropertyType) is { } entries)
                foreach (var entry in child.GetChildren()) RefuseUnknownKeys(entry, entries);
        }
    }

    private static string Names(IEnumerable<PropertyInfo> properties) => string.Join(", ", properties.Select(p => p.Name).Order());

    /// <summary>Whether a property is a record with settings of its own.</summary>
    internal static bool IsGroup(Type type) => type.IsClass && type != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(type);

    /// <summary>The record that a property's entries are where it is a dictionary of records by name.</summary>
    private static Type? GroupOfEntries(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>) && IsGroup(type.GenericTypeArguments[1]) ? type.GenericTypeArguments[1] : null;

    /// <summary>What is wrong with the first value that can't be converted; null: nothing.</summary>
    private static string? FindUnreadable(IConfigurationSection section, Type type)
    {
        foreach (var property in type.GetProperties().Where(p => p.CanWrite))
        {
            if (IsGroup(property.PropertyType) && FindUnreadable(section.GetSection(property.Name), property.PropertyType) is { } inGroup) return inGroup;
            if (GroupOfEntries(property.PropertyType) is { } entries)
            {
                foreach (var entry in section.GetSection(property.Name).GetChildren())
                    if (FindUnreadable(entry, entries) is { } inEntry) return inEntry;
            }
            var text = section[property.Name];
            if (text is null) continue;
            try
            {
                _ = section.GetValue(property.PropertyType, property.Name);
            }
            catch (InvalidOperationException)
            {
                return $"{section.Path}:{property.Name} is '{text}'; it must be {TypeInWords(property.PropertyType)}.";
            }
        }
        return null;
    }

    private static string TypeInWords(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(TimeSpan)) return "a time span such as 00:00:05";
        if (plain == typeof(bool)) return "true or false";
        if (plain == typeof(int) || plain == typeof(long)) return "a whole number";
        if (plain == typeof(double) || plain == typeof(float)) return "a number";
        if (plain.IsEnum) return "one of " + string.Join(", ", Enum.GetNames(plain));
        return "a " + plain.Name;
    }
}
