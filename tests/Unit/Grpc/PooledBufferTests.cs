using System.Buffers;
using Grpc.Wire;

namespace Recommender.Tests.Unit.GrpcRuntime;

/// <summary>The growing buffer behind messages.</summary>
public sealed class PooledBufferTests
{
    [Fact]
    public void It_is_a_queue_of_bytes()
    {
        using var buffer = new PooledBuffer();
        var expected = new Queue<byte>();
        var random = new Random(11);
        for (var step = 0; step < 2000; step++)
        {
            var chunk = new byte[random.Next(200)];
            random.NextBytes(chunk);
            buffer.Write(chunk);
            foreach (var value in chunk)
                expected.Enqueue(value);

            var take = random.Next(Math.Min(220, expected.Count + 1));
            Assert.Equal(expected.Take(take), buffer.Written[..take].ToArray());
            buffer.Consume(take);
            for (var i = 0; i < take; i++)
                expected.Dequeue();
            Assert.Equal(expected.Count, buffer.Length);
        }
        Assert.Equal(expected, buffer.Written.ToArray());
    }

    [Fact]
    public void It_does_not_grow_while_it_is_emptied()
    {
        using var buffer = new PooledBuffer();
        buffer.Write(new byte[100]);
        var room = buffer.GetMemory(1).Length;
        for (var i = 0; i < 10_000; i++)
        {
            buffer.Write(new byte[50]);
            buffer.Consume(50);
        }
        Assert.InRange(buffer.GetMemory(1).Length, 1, room + 100);
    }

    [Fact]
    public void Its_end_can_be_taken_back()
    {
        using var buffer = new PooledBuffer();
        buffer.Write("xkeptlost"u8);
        buffer.Consume(1);
        buffer.Truncate(4);
        buffer.Write("!"u8);
        Assert.Equal("kept!"u8, buffer.Written.Span);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(6));
    }

    [Fact]
    public void No_more_is_taken_than_there_was_room_for()
    {
        using var buffer = new PooledBuffer();
        var room = buffer.GetMemory(10).Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(room + 1));
    }
}
