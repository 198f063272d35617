using Recommender.Modeling.Trainers.Auto;
using Recommender.Standalone.Evaluate;

namespace Recommender.Tests.Unit.Standalone.Evaluate;

public sealed class TrialFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("recommender-trials-").FullName, "trials.jsonl");

    [Fact]
    public void Trials_are_read_as_they_were_kept_and_a_torn_line_is_dropped()
    {
        Assert.Empty(new TrialFile(_path).Open("a"));
        new TrialFile(_path).Add(Trial(1));
        new TrialFile(_path).Add(Trial(2));
        File.AppendAllText(_path, "{\"number\":3,\"rung\":0,\"sh");
        var kept = new TrialFile(_path).Open("a");
        Assert.Equal([1, 2], kept.Select(t => t.Number));
        Assert.Equal("0.5", kept[1].Parameters["shrink"]);
        Assert.Equal(0.125, kept[1].Value);
        new TrialFile(_path).Add(Trial(3));
        Assert.Equal([1, 2, 3], new TrialFile(_path).Open("a").Select(t => t.Number));
        Assert.StartsWith("{\"number\":1,\"rung\":0,\"share\":1,\"trainer\":\"item_knn\",\"parameters\":{", File.ReadAllLines(_path)[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_search_or_of_none_is_refused()
    {
        new TrialFile(_path).Open("a");
        Assert.Contains("other data", Assert.Throws<UsageException>(() => new TrialFile(_path).Open("b")).Message, StringComparison.Ordinal);
        File.WriteAllText(_path, "hello\n");
        Assert.Contains("does not keep trials", Assert.Throws<UsageException>(() => new TrialFile(_path).Open("a")).Message, StringComparison.Ordinal);
        Assert.Throws<UsageException>(() => new TrialFile(Path.GetDirectoryName(_path)).Open("a"));
    }

    [Theory]
    [InlineData("a table without an end of its line")]
    [InlineData("u1 v1\nu1 v2")]
    [InlineData("{\"search\":\"b\"}\n{\"numb")]
    public void What_is_somebody_else_s_stays_as_it_is(string content)
    {
        File.WriteAllText(_path, content);
        Assert.Throws<UsageException>(() => new TrialFile(_path).Open("a"));
        Assert.Equal(content, File.ReadAllText(_path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"sea")]
    [InlineData("{\"search\":\"a\"}")]
    public void A_heading_that_was_cut_off_is_written_anew(string content)
    {
        File.WriteAllText(_path, content);
        Assert.Empty(new TrialFile(_path).Open("a"));
        Assert.Equal("{\"search\":\"a\"}\n", File.ReadAllText(_path));
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    private static TrialRecord Trial(int number) =>
        new(number, 0, 1, "item_knn", new Dictionary<string, string> { ["shrink"] = "0.5" }, "ndcg@20", 0.125, 2, null);
}
