namespace Recommender.Tests.Charts;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its root.</summary>
    public static string Root { get; } = Find();

    /// <summary>The chart.</summary>
    public static string Chart => PathOf("helm/recommender");

    /// <summary>The full path of a file or folder in it.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>The content of a file in it.</summary>
    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    /// <summary>The chart's value files, by name.</summary>
    public static IEnumerable<string> ValueFiles() =>
        Directory.EnumerateFiles(Path.Combine(Chart, "ci"), "*-values.yaml").Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal);

    private static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Recommender.sln"))) return at.FullName;
        throw new InvalidOperationException("The tests do not lie in a checkout.");
    }
}
