using System.Buffers;
using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One key with its text or bytes.</summary>
    public class Entry
    {
        private static readonly SearchValues<char> s_keyCharacters =
            SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.");

        private readonly string? _value;
        private readonly byte[]? _valueBytes;

        /// <summary>Bytes under <paramref name="key"/>, which ends in <c>-bin</c>; the array is copied.</summary>
        /// <exception cref="ArgumentException">The key has other characters than letters, digits, '_', '-', '.', or another ending.</exception>
        public Entry(string key, byte[] valueBytes)
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
            Key = Normalize(key);
            if (!IsBinary)
                throw new ArgumentException("The key of a binary value ends in '-bin'.", nameof(key));
            _valueBytes = [.. valueBytes];
        }

        /// <summary>Text under <paramref name="key"/>, which does not end in <c>-bin</c>.</summary>
        /// <exception cref="ArgumentException">The key is malformed, or the value is not printable ASCII.</exception>
        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = Normalize(key);
            if (IsBinary)
                throw new ArgumentException("A key that ends in '-bin' takes bytes.", nameof(key));
            if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                throw new ArgumentException($"The value of '{Key}' has a character outside printable ASCII.", nameof(value));
            _value = value;
        }

        // What came over the wire is taken as it is.
        private Entry(string key, string? value, byte[]? valueBytes) => (Key, _value, _valueBytes) = (key, value, valueBytes);

        /// <summary>The key, lower case.</summary>
        public string Key { get; }

        /// <summary>Whether the key ends in <c>-bin</c>.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The text.</summary>
        /// <exception cref="InvalidOperationException">The entry is binary.</exception>
        public string Value => _value ?? throw new InvalidOperationException($"The entry '{Key}' holds bytes.");

        /// <summary>A copy of the bytes; of a text entry, its ASCII bytes.</summary>
        public byte[] ValueBytes => _valueBytes is { } bytes ? [.. bytes] : Encoding.ASCII.GetBytes(_value!);

        internal ReadOnlySpan<byte> Bytes => _valueBytes;

        /// <inheritdoc/>
        public override string ToString() =>
            _valueBytes is { } bytes ? $"[Entry: key={Key}, {bytes.Length} bytes]" : $"[Entry: key={Key}, value={_value}]";

        internal static Entry Received(string key, string value) => new(key, value, null);

        internal static Entry Received(string key, byte[] valueBytes) => new(key, null, valueBytes);

        private static string Normalize(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            if (key.Length > 0 && !key.AsSpan().ContainsAnyExcept(s_keyCharacters))
                return key;
            var lower = key.ToLowerInvariant();
            if (lower.Length == 0 || lower.AsSpan().ContainsAnyExcept(s_keyCharacters))
                throw new ArgumentException($"'{key}' is not a metadata key: letters, digits, '_', '-' and '.' are allowed.", nameof(key));
            return lower;
        }
    }
}
