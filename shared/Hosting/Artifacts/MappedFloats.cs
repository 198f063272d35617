using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace Recommender.Hosting.Artifacts;

/// <summary>
/// The values of an .npy file, mapped into memory: they are read from disk when they are first touched, shared by all processes that map the
/// file, and the system may drop them and read them again. The mapping ends with this object, so whoever uses its memory must hold on to it.
/// The file must not be changed in place meanwhile; deleting it or putting another in its place does no harm.
/// </summary>
public sealed unsafe class MappedFloats : MemoryManager<float>
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly float* _values;
    private readonly int _count;

    /// <summary>Maps the values of a file.</summary>
    /// <exception cref="InvalidDataException">It is no float32 array in C order, or values are missing, or there are more than 2^31.</exception>
    public MappedFloats(string path)
    {
        int offset;
        using (var stream = File.OpenRead(path))
        {
            (offset, Rows, Columns) = NpyFile.ReadHeader(stream);
            var count = Rows * Math.Max(Columns, 1);
            if (stream.Length - offset != count * sizeof(float)) throw new InvalidDataException($"{Path.GetFileName(path)} has the wrong size for its shape");
            _count = count <= int.MaxValue ? (int)count : throw new InvalidDataException($"{Path.GetFileName(path)} has more values than can be addressed");
        }
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        // Not counted by the handle, so that the mapping ends when nobody holds this object any more.
        _values = (float*)((byte*)_view.SafeMemoryMappedViewHandle.DangerousGetHandle() + _view.PointerOffset + offset);
    }

    /// <summary>Rows of the array.</summary>
    public long Rows { get; }

    /// <summary>Columns of the array; 0 for a vector.</summary>
    public int Columns { get; }

    /// <inheritdoc/>
    public override Span<float> GetSpan() => new(_values, _count);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(_values + elementIndex, default, this);

    /// <inheritdoc/>
    public override void Unpin()
    {
        // Mapped memory does not move.
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _view.Dispose();
        _file.Dispose();
    }
}
