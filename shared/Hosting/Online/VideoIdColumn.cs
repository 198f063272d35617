using System.Buffers.Text;
using System.Numerics;
using System.Text;

namespace Recommender.Hosting.Online;

/// <summary>
/// The ids of a viewer's newest interactions, written together. Ids of one app are mostly made alike: a prefix and a number, UUIDs, or a text over the
/// 64 letters of URL-safe Base64. Those take the bits that their numbers or letters need, the prefix once; others are written as they are.
/// </summary>
internal static class VideoIdColumn
{
    private const byte Raw = 0;
    private const byte Numbers = 1;
    private const byte Letters = 2;
    private const byte Uuids = 3;
    private const int MostDigits = 18;
    private const int MostCharacters = 256; // more than an id may have
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// <summary>Writes the ids, at least one.</summary>
    public static void Write(ByteWriter writer, List<RecentInteraction> interactions)
    {
        var prefix = CommonPrefix(interactions);
        var digits = prefix.Length;
        while (digits > 0 && char.IsAsciiDigit(prefix[digits - 1])) digits--;
        if (UuidColumn.Fits(interactions))
        {
            writer.Byte(Uuids);
            UuidColumn.Write(writer, interactions);
            return;
        }
        if (TryWriteNumbers(writer, interactions, prefix[..digits]) || TryWriteLetters(writer, interactions, prefix)) return;
        writer.Byte(Raw);
        foreach (var interaction in interactions) writer.Text(interaction.VideoId);
    }

    /// <summary>Reads as many ids.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="ids">Receive them, and are empty otherwise.</param>
    /// <param name="known">Ids that need not be allocated.</param>
    public static void Read(ref ByteReader reader, Span<RecentInteraction> ids, IKnownTexts? known)
    {
        var kind = reader.Byte();
        if (kind == Raw)
        {
            foreach (ref var id in ids) id = new RecentInteraction(reader.Text(known, out var number), default, 0, 0) { Number = number };
            return;
        }
        if (kind == Uuids)
        {
            UuidColumn.Read(ref reader, ids, known);
            return;
        }
        if (kind > Uuids) throw new InvalidDataException("ids are written in an unknown way");
        Span<char> text = stackalloc char[MostCharacters];
        var prefix = reader.Characters(text);
        if (kind == Numbers) ReadNumbers(ref reader, ids, known, text, prefix);
        else ReadLetters(ref reader, ids, known, text, prefix);
    }

    private static bool TryWriteNumbers(ByteWriter writer, List<RecentInteraction> interactions, ReadOnlySpan<char> prefix)
    {
        var (least, greatest, shortest, longest, hasZeros) = (ulong.MaxValue, 0UL, int.MaxValue, 0, false);
        foreach (var interaction in interactions)
        {
            if (!TryParse(interaction.VideoId.AsSpan(prefix.Length), out var number, out var startsWithZero)) return false;
            var length = interaction.VideoId.Length - prefix.Length;
            (shortest, longest, hasZeros) = (Math.Min(shortest, length), Math.Max(longest, length), hasZeros | startsWithZero);
            (least, greatest) = (Math.Min(least, number), Math.Max(greatest, number));
        }
        if (hasZeros && shortest != longest) return false;
        var width = BitOperations.Log2(greatest - least) + (greatest == least ? 0 : 1);
        Begin(writer, Numbers, prefix);
        writer.Byte(hasZeros ? (byte)longest : (byte)0);
        writer.VarInt((long)least);
        writer.Byte((byte)width);
        var bits = new BitWriter(writer);
        foreach (var interaction in interactions)
        {
            _ = TryParse(interaction.VideoId.AsSpan(prefix.Length), out var number, out _);
            bits.Write(number - least, width);
        }
        bits.Finish();
        return true;
    }

    private static void ReadNumbers(ref ByteReader reader, Span<RecentInteraction> ids, IKnownTexts? known, scoped Span<char> text, int prefix)
    {
        var (digits, least, width) = (reader.Byte(), reader.VarInt(), reader.Byte());
        if (digits > MostDigits || prefix + MostDigits + 2 > text.Length || width > 60) throw new InvalidDataException("a number is too large");
        Span<byte> number = stackalloc byte[24];
        var bits = reader.Bits();
        foreach (ref var id in ids)
        {
            var value = unchecked((ulong)least + bits.Read(width));
            _ = Utf8Formatter.TryFormat(value, number, out var length, new System.Buffers.StandardFormat('D', digits));
            if (length + prefix > text.Length) throw new InvalidDataException("an id is too long");
            id = Make(text[..(prefix + Encoding.ASCII.GetChars(number[..length], text[prefix..]))], known);
        }
        reader.SkipBits(bits);
    }

    private static bool TryWriteLetters(ByteWriter writer, List<RecentInteraction> interactions, ReadOnlySpan<char> prefix)
    {
        var (shortest, longest) = (int.MaxValue, 0);
        foreach (var interaction in interactions)
        {
            var suffix = interaction.VideoId.AsSpan(prefix.Length);
            foreach (var c in suffix)
                if (LetterOf(c) < 0) return false;
            (shortest, longest) = (Math.Min(shortest, suffix.Length), Math.Max(longest, suffix.Length));
        }
        var width = longest == shortest ? 0 : BitOperations.Log2((uint)(longest - shortest)) + 1;
        Begin(writer, Letters, prefix);
        writer.VarInt(shortest);
        writer.Byte((byte)width);
        var bits = new BitWriter(writer);
        foreach (var interaction in interactions)
        {
            var suffix = interaction.VideoId.AsSpan(prefix.Length);
            bits.Write((ulong)(suffix.Length - shortest), width);
            foreach (var c in suffix) bits.Write((ulong)LetterOf(c), 6);
        }
        bits.Finish();
        return true;
    }

    private static void ReadLetters(ref ByteReader reader, Span<RecentInteraction> ids, IKnownTexts? known, scoped Span<char> text, int prefix)
    {
        var (shortest, width) = (reader.VarInt(), reader.Byte());
        if (shortest is < 0 or > MostCharacters || width > 8) throw new InvalidDataException("an id is too long");
        var bits = reader.Bits();
        foreach (ref var id in ids)
        {
            var end = prefix + (int)shortest + (int)bits.Read(width);
            if (end > text.Length) throw new InvalidDataException("an id is too long");
            for (var i = prefix; i < end; i++) text[i] = Alphabet[(int)bits.Read(6)];
            id = Make(text[..end], known);
        }
        reader.SkipBits(bits);
    }

    private static void Begin(ByteWriter writer, byte kind, ReadOnlySpan<char> prefix)
    {
        writer.Byte(kind);
        writer.Text(prefix);
    }

    /// <summary>An interaction of which no more is known than the video.</summary>
    internal static RecentInteraction Make(ReadOnlySpan<char> text, IKnownTexts? known)
    {
        var number = -1;
        return new RecentInteraction(known?.Find(text, out number) ?? new string(text), default, 0, 0) { Number = number };
    }

    private static ReadOnlySpan<char> CommonPrefix(List<RecentInteraction> interactions)
    {
        ReadOnlySpan<char> prefix = interactions[0].VideoId;
        foreach (var interaction in interactions)
        {
            prefix = prefix[..prefix.CommonPrefixLength(interaction.VideoId)];
            if (prefix.IsEmpty) return prefix;
        }
        // A prefix must be a text by itself.
        return char.IsHighSurrogate(prefix[^1]) ? prefix[..^1] : prefix;
    }

    private static bool TryParse(ReadOnlySpan<char> digits, out ulong number, out bool startsWithZero)
    {
        (number, startsWithZero) = (0, digits is ['0', _, ..]);
        if (digits.Length is 0 or > MostDigits) return false;
        foreach (var c in digits)
        {
            if (!char.IsAsciiDigit(c)) return false;
            number = (number * 10) + (ulong)(c - '0');
        }
        return true;
    }

    private static int LetterOf(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '-' => 62,
        '_' => 63,
        _ => -1,
    };
}
