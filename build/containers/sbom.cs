// dotnet run sbom.cs -- FILE.deps.json: writes what the program is made of to standard output, as CycloneDX 1.6.
#:property EnforceCodeStyleInBuild=false
#:property GenerateDocumentationFile=false
#:property PublishAot=false
using System.Text.Json;
using System.Text.Json.Nodes;

var deps = JsonNode.Parse(File.ReadAllText(args[0]))!;
var target = deps["targets"]![(string)deps["runtimeTarget"]!["name"]!]!.AsObject();
var libraries = deps["libraries"]!.AsObject();
var root = libraries.First(l => (string)l.Value!["type"]! == "project").Key;

JsonObject Component(string key)
{
    var (name, version) = (key.Split('/')[0], key.Split('/')[1]);
    var component = new JsonObject { ["type"] = key == root ? "application" : "library", ["bom-ref"] = key, ["name"] = name, ["version"] = version };
    if ((string)libraries[key]!["type"]! != "package") return component;
    component["purl"] = $"pkg:nuget/{Uri.EscapeDataString(name)}@{Uri.EscapeDataString(version)}";
    // "sha512-" and base64 of the package's file, as NuGet noted it.
    if ((string?)libraries[key]!["sha512"] is { Length: > 7 } hash)
        component["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-512", ["content"] = Convert.ToHexStringLower(Convert.FromBase64String(hash[7..])) });
    return component;
}

// A project's version of a package may be that which the whole program settled on; only what is there is a dependency.
JsonObject Dependency(string key) => new()
{
    ["ref"] = key,
    ["dependsOn"] = new JsonArray([.. (target[key]?["dependencies"]?.AsObject() ?? []).Select(d => $"{d.Key}/{d.Value}").Where(libraries.ContainsKey).Select(d => (JsonNode)d)]),
};

var keys = libraries.Select(l => l.Key).Order(StringComparer.Ordinal).ToList();
var sbom = new JsonObject
{
    ["bomFormat"] = "CycloneDX",
    ["specVersion"] = "1.6",
    ["version"] = 1,
    ["metadata"] = new JsonObject { ["component"] = Component(root) },
    ["components"] = new JsonArray([.. keys.Where(k => k != root).Select(Component)]),
    ["dependencies"] = new JsonArray([.. keys.Select(Dependency)]),
};
Console.WriteLine(sbom.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
