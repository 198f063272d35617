using Recommender.Standalone.Cli;
using Recommender.Standalone.Run;
using Recommender.Tests.Shared;

namespace Recommender.Tests.Unit.Standalone.Run;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("data").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public void Each_start_has_a_log_of_its_own_and_their_names_sort_by_time()
    {
        string[] names = [Next(), Next(), Next()];
        Assert.Equal(["g00000001", "g00000002", "g00000003"], names);
        Assert.Equal(names, names.Order(StringComparer.Ordinal));

        string Next()
        {
            using var data = DataDirectory.Open(_path);
            return data.NextLog();
        }
    }

    [Fact]
    public void A_log_that_the_archive_knows_is_never_used_again()
    {
        using var data = DataDirectory.Open(_path);
        new TestArchive(data.Archive).Add("view", ["{}"u8.ToArray()], log: "g00000041");
        Assert.Equal("g00000042", data.NextLog());
    }

    [Fact]
    public void Only_one_process_has_it()
    {
        using (DataDirectory.Open(_path))
        {
            var e = Assert.Throws<CommandFailure>(() => DataDirectory.Open(_path));
            Assert.Equal(ExitCode.Usage, e.ExitCode);
            Assert.Contains("in use by another recommender", e.Message, StringComparison.Ordinal);
        }
        DataDirectory.Open(_path).Dispose();
    }

    [Fact]
    public void Events_are_counted_by_their_offsets_videos_and_impressions_are_not()
    {
        using var data = DataDirectory.Open(_path);
        Assert.Equal(0, data.CountEvents());
        var archive = new TestArchive(data.Archive);
        archive.Add("view", [[1], [2], [3]], log: "g00000001");
        archive.Add("feedback", [[1]], partition: 3, log: "g00000002");
        archive.Add("catalog", [[1]], log: "g00000002");
        archive.Add("impression", [[1]], log: "g00000002");
        Assert.Equal((4, 1), (data.CountEvents(), data.CountEvents("g00000002")));
    }
}
