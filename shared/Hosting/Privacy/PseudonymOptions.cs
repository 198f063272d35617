using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Privacy;

/// <summary>
/// The secret by which user ids are replaced at every door that takes one. All services need the same. Without a key, ids stay as they are.
/// </summary>
public sealed record PseudonymOptions : IOptionsRecord
{
    /// <summary>Fewest bytes of a key: as many as the hash has.</summary>
    public const int MinKeyBytes = 32;

    /// <inheritdoc/>
    public static string Section => "Pseudonyms";

    /// <summary>File with the key: base64 of at least 32 random bytes, as a mounted secret has it. Empty: see <see cref="Key"/>.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>The key itself, in the same form, for an environment variable. Empty, with no file either: ids are not replaced.</summary>
    public string Key { get; init; } = "";

    /// <summary>Name of the key: 1 to 16 lower-case letters and digits. It begins every pseudonym, so that one can tell which key made it.</summary>
    public string KeyId { get; init; } = "1";

    /// <summary>File with the key before this one, while data made with it is left: who asks to be forgotten is forgotten under both. Empty: none.</summary>
    public string PreviousKeyFile { get; init; } = "";

    /// <summary>Name of the key before this one.</summary>
    public string PreviousKeyId { get; init; } = "";

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        const string File = "it must name a file with base64 of at least 32 bytes";
        check.That(KeyFile.Length == 0 || ReadKey(KeyFile) is not null, KeyFile, File);
        check.That(KeyFile.Length == 0 || Key.Length == 0, KeyFile, "it must be empty where Pseudonyms:Key is set");
        // The value is a secret, so the sentence must not repeat it.
        check.That(Key.Length == 0 || Decode(Key) is not null, new string('*', Math.Min(Key.Length, 3)), "it must be base64 of at least 32 bytes", nameof(Key));
        check.That(IsKeyId(KeyId), KeyId, "allowed are 1 to 16 lower-case letters and digits");
        check.That(PreviousKeyFile.Length == 0 || ReadKey(PreviousKeyFile) is not null, PreviousKeyFile, File);
        check.That(PreviousKeyId.Length == 0 || PreviousKeyFile.Length > 0, PreviousKeyFile, "it must name the file of the key that Pseudonyms:PreviousKeyId names");
        check.That(PreviousKeyFile.Length == 0 || (IsKeyId(PreviousKeyId) && PreviousKeyId != KeyId), PreviousKeyId, "it must name a key, and another one than Pseudonyms:KeyId");
    }

    internal byte[]? ReadCurrent() => KeyFile.Length > 0 ? ReadKey(KeyFile) : Key.Length > 0 ? Decode(Key) : null;

    internal byte[]? ReadPrevious() => PreviousKeyFile.Length > 0 ? ReadKey(PreviousKeyFile) : null;

    private static byte[]? ReadKey(string path)
    {
        try
        {
            return Decode(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static byte[]? Decode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.Trim(), bytes, out var length) && length >= MinKeyBytes ? bytes[..length] : null;
    }

    private static bool IsKeyId(string id) => id.Length is >= 1 and <= 16 && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));
}
