namespace Recommender.Modeling.Numerics;

/// <summary>Floats on the pinned heap that start on a 64-byte boundary. The pointer is good as long as the buffer is reachable.</summary>
internal sealed unsafe class AlignedBuffer
{
    private readonly float[] _storage;

    public AlignedBuffer(int length)
    {
        _storage = GC.AllocateArray<float>(checked(length + Lanes.Count), pinned: true);
        fixed (float* start = _storage) Pointer = (float*)(((nuint)start + 63) & ~(nuint)63);
        Length = length;
    }

    public float* Pointer { get; }

    public int Length { get; }

    public Span<float> Span => new(Pointer, Length);
}
