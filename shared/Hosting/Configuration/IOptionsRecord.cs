namespace Recommender.Hosting.Configuration;

/// <summary>
/// A group of settings with defaults, bound once at start from a configuration section and injected as it is.
/// Environment variables set them: <c>RECOMMENDER_{Section}__{Property}</c>.
/// </summary>
public interface IOptionsRecord
{
    /// <summary>Name of the configuration section.</summary>
    static abstract string Section { get; }

    /// <summary>Reports every value that is out of range.</summary>
    void Validate(OptionsCheck check);
}
