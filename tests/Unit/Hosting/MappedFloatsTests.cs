using System.Security.Cryptography;
using Recommender.Hosting.Artifacts;

namespace Recommender.Tests.Unit.Hosting;

public sealed class MappedFloatsTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    private void Write(float[] values, long rows, int columns)
    {
        using var stream = File.Create(_path);
        NpyFile.Write(stream, values, rows, columns);
    }

    [Fact]
    public void Mapped_values_are_those_of_the_file_even_after_it_is_deleted()
    {
        float[] values = [.. Enumerable.Range(0, 5000).Select(i => i * 0.5f)];
        Write(values, 1000, 5);
        using IDisposable mapped = new MappedFloats(_path);
        File.Delete(_path);
        var floats = (MappedFloats)mapped;
        Assert.Equal((1000, 5), (floats.Rows, floats.Columns));
        Assert.Equal(values, floats.GetSpan().ToArray());
        Assert.Equal(values, floats.Memory.ToArray());
    }

    [Fact]
    public void Whoever_cuts_or_overwrites_the_file_changes_nothing_of_what_was_read()
    {
        float[] values = [.. Enumerable.Range(0, 5000).Select(i => i * 0.5f)];
        Write(values, 1000, 5);
        using IDisposable mapped = new MappedFloats(_path);
        using (var stream = File.OpenWrite(_path))
        {
            stream.Write(new byte[1000]);
            Assert.Equal(values, ((MappedFloats)mapped).GetSpan().ToArray());
            stream.SetLength(0);
        }
        Assert.Equal(values, ((MappedFloats)mapped).GetSpan().ToArray());
    }

    [Fact]
    public void What_is_read_must_have_the_checksum_that_was_told()
    {
        Write([1, 2, 3, 4], 2, 2);
        var checksum = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(_path)));
        using (IDisposable mapped = new MappedFloats(_path, checksum)) Assert.Equal(2, ((MappedFloats)mapped).Rows);
        Write([1, 2, 3, 5], 2, 2);
        Assert.Throws<InvalidDataException>(() => new MappedFloats(_path, checksum));
    }

    [Fact]
    public void A_file_that_ends_too_early_is_refused()
    {
        Write([1, 2, 3, 4], 2, 2);
        using (var stream = File.OpenWrite(_path)) stream.SetLength(stream.Length - 4);
        Assert.Throws<InvalidDataException>(() => new MappedFloats(_path));
    }
}
