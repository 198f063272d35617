using System.Runtime.InteropServices;

namespace Recommender.Modeling.Sparse;

/// <summary>
/// A growing column of four-byte values in pieces outside the managed heap: growing copies nothing, and a piece that has been read back goes
/// back to the system at once.
/// </summary>
internal sealed unsafe class CellColumn<T>
    where T : unmanaged
{
    private const int PieceLength = 1 << 18;

    private readonly List<Piece> _pieces = [];
    private int _filled = PieceLength;

    public void Add(T value)
    {
        if (_filled == PieceLength)
        {
            _pieces.Add(new Piece());
            _filled = 0;
        }

        _pieces[^1].Pointer[_filled++] = value;
    }

    public void AddMany(T value, long count)
    {
        for (; count > 0; count--) Add(value);
    }

    /// <summary>Hands out all values in their order, piece by piece, and frees each piece after its turn. The column is empty then.</summary>
    public void Drain(Action<ReadOnlySpan<T>> take)
    {
        for (var i = 0; i < _pieces.Count; i++)
        {
            take(new ReadOnlySpan<T>(_pieces[i].Pointer, i < _pieces.Count - 1 ? PieceLength : _filled));
            _pieces[i].Dispose();
        }

        _pieces.Clear();
        _filled = PieceLength;
    }

    /// <summary>Drains into one array.</summary>
    public T[] ToArray(int count)
    {
        var result = GC.AllocateUninitializedArray<T>(count);
        var at = 0;
        Drain(piece =>
        {
            piece.CopyTo(result.AsSpan(at));
            at += piece.Length;
        });
        return result;
    }

    private sealed class Piece : IDisposable
    {
        public Piece() => Pointer = (T*)NativeMemory.Alloc(PieceLength, (nuint)sizeof(T));

        ~Piece() => Free();

        public T* Pointer { get; private set; }

        public void Dispose()
        {
            Free();
            GC.SuppressFinalize(this);
        }

        private void Free()
        {
            NativeMemory.Free(Pointer);
            Pointer = null;
        }
    }
}
