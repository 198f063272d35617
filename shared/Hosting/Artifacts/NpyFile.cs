using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Recommender.Hosting.Artifacts;

/// <summary>
/// NumPy's .npy format 1.0 for float32 in C order, and for texts: a header padded to 64 bytes, then raw little-endian values, so that anyone can load the
/// arrays and we can memory-map them. Source: the NEP-1 format description.
/// </summary>
public static partial class NpyFile
{
    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    /// <summary>Writes a [rows x columns] matrix, or a vector when <paramref name="columns"/> is 0.</summary>
    public static void Write(Stream stream, ReadOnlySpan<float> values, long rows, int columns)
    {
        if (values.Length != rows * Math.Max(columns, 1)) throw new ArgumentException($"{values.Length} values do not fill {rows} x {columns}", nameof(values));
        var shape = columns > 0 ? $"({rows}, {columns})" : $"({rows},)";
        WriteHeader(stream, "<f4", shape);
        stream.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Writes a vector of texts in UTF-32, each as long as the longest; what NumPy calls <c>&lt;U</c>. Zeros at a text's end are lost.</summary>
    public static void WriteTexts(Stream stream, IReadOnlyList<string> texts) => WriteTexts(stream, texts, $"({texts.Count},)");

    /// <summary>Writes one text, an array without dimensions.</summary>
    public static void WriteText(Stream stream, string text) => WriteTexts(stream, [text], "()");

    private static void WriteTexts(Stream stream, IReadOnlyList<string> texts, string shape)
    {
        var longest = Math.Max(1, texts.Select(t => t.EnumerateRunes().Count()).DefaultIfEmpty().Max());
        WriteHeader(stream, string.Create(CultureInfo.InvariantCulture, $"<U{longest}"), shape);
        var row = new byte[longest * sizeof(uint)];
        foreach (var text in texts)
        {
            row.AsSpan(Encoding.UTF32.GetBytes(text, row)).Clear();
            stream.Write(row);
        }
    }

    private static void WriteHeader(Stream stream, string type, string shape)
    {
        var text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}";
        var length = (Magic.Length + 2 + text.Length + 1 + 63) / 64 * 64;
        var header = new byte[length];
        header.AsSpan().Fill((byte)' ');
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(Magic.Length), (ushort)(length - Magic.Length - 2));
        Encoding.ASCII.GetBytes(text, header.AsSpan(Magic.Length + 2));
        header[^1] = (byte)'\n';
        stream.Write(header);
    }

    /// <summary>Reads the header: where the values begin, and their shape (columns is 0 for a vector).</summary>
    /// <exception cref="InvalidDataException">It is no float32 array in C order.</exception>
    public static (int DataOffset, long Rows, int Columns) ReadHeader(Stream stream)
    {
        Span<byte> start = stackalloc byte[Magic.Length + 2];
        stream.ReadExactly(start);
        if (!start[..Magic.Length].SequenceEqual(Magic)) throw new InvalidDataException("it is not an .npy file of format 1.0");
        var text = new byte[BinaryPrimitives.ReadUInt16LittleEndian(start[Magic.Length..])];
        stream.ReadExactly(text);
        var header = Header().Match(Encoding.ASCII.GetString(text));
        if (!header.Success) throw new InvalidDataException("it is not a float32 array in C order");
        var rows = long.Parse(header.Groups["rows"].ValueSpan, CultureInfo.InvariantCulture);
        var columns = header.Groups["columns"].Length == 0 ? 0 : int.Parse(header.Groups["columns"].ValueSpan, CultureInfo.InvariantCulture);
        return (start.Length + text.Length, rows, columns);
    }

    /// <summary>Reads the whole array into memory.</summary>
    /// <exception cref="InvalidDataException">It is no such array, or values are missing.</exception>
    public static float[] ReadAll(string path)
    {
        using var stream = File.OpenRead(path);
        var (offset, rows, columns) = ReadHeader(stream);
        var values = new float[rows * Math.Max(columns, 1)];
        if (stream.Length - offset != values.LongLength * sizeof(float)) throw new InvalidDataException($"{Path.GetFileName(path)} has the wrong size for its shape");
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    [GeneratedRegex(@"'descr':\s*'<f4',\s*'fortran_order':\s*False,\s*'shape':\s*\((?<rows>\d+),\s*(?<columns>\d*)\)")]
    private static partial Regex Header();
}
