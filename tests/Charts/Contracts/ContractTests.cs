using Recommender.Contracts;
using Recommender.Tests.Fixtures;
using YamlDotNet.RepresentationModel;

namespace Recommender.Tests.Charts.Contracts;

/// <summary>
/// During an upgrade two versions talk to each other, and clients are older still: messages and topics only gain. What was released lies in
/// tests/Charts/Released, and is replaced with a release alone: <c>buf build shared/Contracts/protos -o tests/Charts/Released/protos.binpb</c>.
/// </summary>
public class ContractTests
{
    private static string Protos => Repository.PathOf("shared/Contracts/protos");

    [Fact]
    public async Task Messages_and_services_are_compatible_with_what_was_released()
    {
        var (code, output, errors) = await BreakingAsync(Protos);
        Assert.True(code == 0, output + errors);
    }

    [Fact]
    public async Task A_field_that_is_taken_away_would_be_seen()
    {
        using var directory = new TempDirectory();
        foreach (var file in Directory.EnumerateFiles(Protos, "*.proto", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(directory.Path, Path.GetRelativePath(Protos, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            var lines = (await File.ReadAllLinesAsync(file)).Where(l => !l.Contains(" video_id = ", StringComparison.Ordinal));
            await File.WriteAllLinesAsync(copy, lines);
        }
        Assert.NotEqual(0, (await BreakingAsync(directory.Path)).Code);
    }

    [Fact]
    public void Topics_are_compatible_with_what_was_released() => Assert.Empty(Losses("", Released(), Yaml.Documents(Repository.Read("docs/asyncapi.yaml"))[0]));

    [Fact]
    public void A_topic_or_property_that_is_taken_away_or_asked_for_anew_would_be_seen()
    {
        var text = Repository.Read("docs/asyncapi.yaml");
        Assert.NotEmpty(Losses("", Released(), Yaml.Documents(text.Replace("recommender.like.v1", "recommender.like.v2", StringComparison.Ordinal))[0]));
        Assert.NotEmpty(Losses("", Released(), Yaml.Documents(text.Replace("video_id:", "videoId:", StringComparison.Ordinal))[0]));
    }

    [Fact]
    public void Every_topic_of_the_code_is_described() =>
        Assert.All(Topics.All, topic => Assert.Contains(topic, Repository.Read("docs/asyncapi.yaml"), StringComparison.Ordinal));

    private static YamlNode Released() => Yaml.Documents(Repository.Read("tests/Charts/Released/asyncapi.yaml"))[0];

    /// <summary>What is there no more, has another type, or is required now and was not.</summary>
    private static IEnumerable<string> Losses(string path, YamlNode before, YamlNode? after)
    {
        if (after is null) return [path + " is gone"];
        return before switch
        {
            YamlMappingNode map => map.Children.Where(c => c.Key.ToString() is not ("description" or "summary" or "title" or "examples"))
                .Where(c => c.Key.ToString() != "const" || !after.Items("enum").Contains(c.Value)) // one value among several is still that value
                .SelectMany(c => Losses($"{path}/{c.Key}", c.Value, after.At(c.Key.ToString()))),
            YamlSequenceNode list when path.EndsWith("/required", StringComparison.Ordinal) =>
                ((YamlSequenceNode)after).Children.Select(n => n.ToString()).Except(list.Children.Select(n => n.ToString())).Select(n => $"{path}: {n} is required now"),
            YamlSequenceNode list when path.EndsWith("/enum", StringComparison.Ordinal) =>
                list.Children.Select(n => n.ToString()).Except(((YamlSequenceNode)after).Children.Select(n => n.ToString())).Select(n => $"{path}: {n} is gone"),
            YamlScalarNode scalar when path.EndsWith("/type", StringComparison.Ordinal) || path.EndsWith("/address", StringComparison.Ordinal) =>
                scalar.Value == (after as YamlScalarNode)?.Value ? [] : [$"{path} was {scalar.Value}"],
            _ => [],
        };
    }

    private static Task<(int Code, string Output, string Errors)> BreakingAsync(string protos)
    {
        var buf = Environment.GetEnvironmentVariable("RECOMMENDER_TEST_BUF") ?? "";
        Assert.SkipUnless(File.Exists(buf), "buf is not installed; build/test Charts puts it there.");
        return Tool.RunAsync(buf, ["breaking", protos, "--against", Repository.PathOf("tests/Charts/Released/protos.binpb")]);
    }
}
