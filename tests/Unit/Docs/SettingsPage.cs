using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Recommender.Hosting.Configuration;

namespace Recommender.Tests.Unit.Docs;

/// <summary>Makes docs/configuration.md from the options records and their doc comments.</summary>
internal static partial class SettingsPage
{
    private const string Head =
        """
        # Settings

        <!-- Made from the options records by the test SettingsPageTests; do not edit. -->

        Environment variables set everything: `RECOMMENDER_{Section}__{Setting}`, e.g. `RECOMMENDER_Kafka__BootstrapServers=kafka:9092`. On the command
        line of a service the same is `--Kafka:BootstrapServers=kafka:9092`, which wins. A setting or a section that does not exist, or a value out of range, stops the
        start with a sentence. Time spans are written `[days.]hours:minutes:seconds[.fraction]`. `OTEL_EXPORTER_OTLP_ENDPOINT` (standard name) switches
        on the export of traces and metrics. `RECOMMENDER_Logging__LogLevel__Default=Debug` changes what is logged.


        """;

    public static string Path { get; } = System.IO.Path.Combine(Root(), "docs", "configuration.md");

    public static IEnumerable<string> Sections() => Records().Select(Section);

    public static string Make()
    {
        var page = new StringBuilder(Head);
        foreach (var record in Records()) Append(page, record);
        return page.ToString();
    }

    private static IEnumerable<Type> Records() => Assemblies().SelectMany(a => a.GetTypes()).Where(t => t.IsClass && t.IsAssignableTo(typeof(IOptionsRecord)))
        .OrderBy(Section, StringComparer.Ordinal);

    private static void Append(StringBuilder page, Type record)
    {
        page.Append(CultureInfo.InvariantCulture, $"## {Section(record)}\n\n{Summary(Docs(record), "T:" + record.FullName)}\n\n");
        page.Append("| setting | default | meaning |\n|---|---|---|\n");
        AppendSettings(page, Section(record), Activator.CreateInstance(record)!);
        page.Append('\n');
    }

    private static void AppendSettings(StringBuilder page, string prefix, object defaults)
    {
        var record = defaults.GetType();
        foreach (var property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).OrderBy(p => p.MetadataToken))
        {
            var (name, value) = ($"{prefix}__{property.Name}", property.GetValue(defaults));
            if (OptionsBinding.IsGroup(property.PropertyType)) AppendSettings(page, name, value!);
            else page.Append(CultureInfo.InvariantCulture, $"| `{name}` | {Default(value)} | {Summary(Docs(record), $"P:{record.FullName}.{property.Name}")} |\n");
        }
    }

    private static XDocument Docs(Type record) => XDocument.Load(System.IO.Path.ChangeExtension(record.Assembly.Location, ".xml"));

    private static string Section(Type record) => (string)record.GetProperty("Section", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;

    private static string Default(object? value) => value switch
    {
        null or "" => "(empty)",
        string text => $"`{text}`",
        ICollection { Count: 0 } => "(empty)",
        IEnumerable list => $"`{string.Join(", ", list.Cast<object>())}`",
        bool flag => flag ? "`true`" : "`false`",
        IFormattable number => $"`{number.ToString(null, CultureInfo.InvariantCulture)}`",
        _ => $"`{value}`",
    };

    private static string Summary(XDocument docs, string member)
    {
        var summary = docs.Descendants("member").FirstOrDefault(m => m.Attribute("name")?.Value == member)?.Element("summary");
        Assert.True(summary is not null, $"{member} has no doc comment");
        var text = string.Concat(summary.Nodes().Select(n => n switch
        {
            XElement { Name.LocalName: "see" or "paramref" } e => $"`{(e.Attribute("langword") ?? e.Attribute("cref") ?? e.Attribute("name"))!.Value.Split('.')[^1]}`",
            XElement { Name.LocalName: "c" } e => $"`{e.Value}`",
            XElement e => e.Value,
            XText t => t.Value,
            _ => "",
        }));
        return Spaces().Replace(text, " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static IEnumerable<Assembly> Assemblies() => new[] { "Hosting", "Ingestion", "Features", "Training", "Serving" }.Select(n => Assembly.Load("Recommender." + n));

    /// <summary>The checkout, found from where the tests run: a deterministic build does not know the paths of its sources.</summary>
    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(directory!.FullName, "Recommender.sln"))) directory = directory.Parent;
        return directory.FullName;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
