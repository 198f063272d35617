using System.Globalization;
using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Auth;

/// <summary>
/// The file of callers: a line each, <c>NAME PROOF SCOPES [EXPIRES]</c>, where the proof is <c>sha256:HEX</c> of a token,
/// <c>certificate:NAME</c>, or <c>subject:SUB</c> of a token of the issuer, scopes are separated by commas, and a day such as <c>2027-01-31</c> ends it at that day's beginning in UTC.
/// </summary>
public static class CallersFile
{
    /// <summary>Most callers of one file.</summary>
    public const int MaxCallers = 10_000;

    private const string TokenProof = "sha256:";
    private const string CertificateProof = "certificate:";
    private const string SubjectProof = "subject:";
    private static readonly char[] s_blank = [' ', '\t'];

    /// <summary>Reads the content of the file.</summary>
    /// <exception cref="OptionsException">A line is wrong; the message names it.</exception>
    public static CallerTable Parse(string text)
    {
        var byDigest = new Dictionary<string, Caller>(StringComparer.Ordinal);
        var byCertificate = new Dictionary<string, Caller>(StringComparer.OrdinalIgnoreCase);
        var bySubject = new Dictionary<string, Caller>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var fields = line.Split('#')[0].TrimEnd('\r').Split(s_blank, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0) continue;
            if (fields.Length is < 3 or > 4) throw Wrong(number, "it must be NAME PROOF SCOPES, and a day where it expires");
            var caller = new Caller(NameOf(fields[0], number), ScopesOf(fields[2], number), fields.Length == 4 ? DayOf(fields[3], number) : DateTimeOffset.MaxValue);
            if (!Add(fields[1], caller)) throw Wrong(number, $"'{fields[1]}' is a proof of another caller already");
            if (byDigest.Count + byCertificate.Count + bySubject.Count > MaxCallers) throw Wrong(number, $"there are more than {MaxCallers} callers");
        }
        return new CallerTable(byDigest, byCertificate, bySubject);

        bool Add(string proof, Caller caller)
        {
            if (proof.StartsWith(CertificateProof, StringComparison.Ordinal) && proof.Length > CertificateProof.Length)
                return byCertificate.TryAdd(proof[CertificateProof.Length..], caller);
            if (proof.StartsWith(SubjectProof, StringComparison.Ordinal) && proof.Length > SubjectProof.Length)
                return bySubject.TryAdd(proof[SubjectProof.Length..], caller);
            if (proof.StartsWith(TokenProof, StringComparison.Ordinal) && IsDigest(proof.AsSpan(TokenProof.Length)))
                return byDigest.TryAdd(proof[TokenProof.Length..].ToLowerInvariant(), caller);
            // The proof is not repeated: it may be a token that was put there by mistake.
            throw Wrong(number, "the proof must be sha256: and 64 hexadecimal digits, certificate: and a name, or subject: and a token's subject");
        }
    }

    /// <summary>A caller's line.</summary>
    public static string Line(string name, string token, IEnumerable<string> scopes, DateOnly? expires) =>
        string.Create(CultureInfo.InvariantCulture, $"{name} {TokenProof}{BearerToken.Digest(token)} {string.Join(',', scopes)}{(expires is { } day ? $" {day:yyyy-MM-dd}" : "")}");

    private static string NameOf(string text, int line) =>
        text.Length <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? text
            : throw Wrong(line, "a caller's name has 1 to 64 letters, digits, dots, underscores and hyphens");

    private static HashSet<string> ScopesOf(string text, int line)
    {
        var scopes = text.Split(',', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        if (scopes.Count == 0) throw Wrong(line, "there is no scope in it");
        foreach (var scope in scopes)
            if (scope != ServiceScopes.All && !ServiceScopes.Names.Contains(scope))
                throw Wrong(line, $"'{scope}' is no scope; there are {string.Join(", ", ServiceScopes.Names)} and {ServiceScopes.All} for all");
        return scopes;
    }

    private static DateTimeOffset DayOf(string text, int line) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)
            : throw Wrong(line, $"'{text}' is no day such as 2027-01-31");

    private static bool IsDigest(ReadOnlySpan<char> hex)
    {
        if (hex.Length != 64) return false;
        foreach (var c in hex)
            if (!char.IsAsciiHexDigit(c)) return false;
        return true;
    }

    private static OptionsException Wrong(int line, string why) =>
        new(string.Create(CultureInfo.InvariantCulture, $"Auth:CallersPath: line {line} of the file can't be used: {why}."));
}
