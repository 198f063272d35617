using YamlDotNet.RepresentationModel;

namespace Recommender.Tests.Charts;

/// <summary>One Kubernetes object as it would be applied.</summary>
internal sealed record Manifest(YamlNode Root)
{
    public string Kind => Root.Text("kind") ?? "";

    public string Name => Root.Text("metadata", "name") ?? "";

    public Dictionary<string, string> Labels => Root.Map("metadata", "labels");

    /// <summary>The template of its pods, or the pod itself; null for objects without pods.</summary>
    public YamlNode? Pod => Kind switch
    {
        "Deployment" or "StatefulSet" or "Job" => Root.At("spec", "template"),
        "CronJob" => Root.At("spec", "jobTemplate", "spec", "template"),
        "Pod" => Root,
        _ => null,
    };

    /// <summary>The specification of a Job, also of one that a CronJob makes.</summary>
    public YamlNode? Job => Kind switch { "Job" => Root.At("spec"), "CronJob" => Root.At("spec", "jobTemplate", "spec"), _ => null };

    /// <summary>Every container of its pods, those that run first as well.</summary>
    public IEnumerable<YamlNode> Containers => [.. Pod.Items("spec", "initContainers"), .. Pod.Items("spec", "containers")];

    public override string ToString() => $"{Kind}/{Name}";

    /// <summary>Reads all objects of a text.</summary>
    public static IReadOnlyList<Manifest> ReadAll(string yaml) => [.. Yaml.Documents(yaml).Select(d => new Manifest(d))];
}
