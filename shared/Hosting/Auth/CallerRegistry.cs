using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;
using Recommender.Hosting.Auth.Issuer;
using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Auth;

/// <summary>
/// The callers of the file at <see cref="AuthOptions.CallersPath"/>, which is looked at again every few seconds: a token that was added works, and
/// one that was taken out does not, without a restart. A file that can't be used leaves the callers at hand in force.
/// </summary>
internal sealed class CallerRegistry
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(5);
    private readonly string _path;
    private readonly OwnToken? _own;
    private readonly TimeProvider _time;
    private readonly ILogger<CallerRegistry> _logger;
    private volatile State _state;
    private long _lookedAt;

    /// <summary>Reads the file.</summary>
    /// <exception cref="OptionsException">It can't be read, or a line of it is wrong.</exception>
    public CallerRegistry(AuthOptions options, TimeProvider time, ILogger<CallerRegistry> logger, OwnToken? own = null, TokenIssuer? issuer = null)
    {
        (_path, _own, _time, _logger, Issuer) = (options.CallersPath, own, time, logger, issuer);
        try
        {
            _state = Read(File.ReadAllBytes(_path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OptionsException($"Auth:CallersPath is '{_path}'; it must name a readable file: {e.Message}", e);
        }
        _lookedAt = time.GetTimestamp();
    }

    /// <summary>Verifies signed tokens; null where no issuer is trusted.</summary>
    public TokenIssuer? Issuer { get; }

    /// <summary>Who has a token; null: nobody.</summary>
    public Caller? FindToken(string token) => _own?.Find(token) ?? Current().FindToken(token);

    /// <summary>Who is named by a verified certificate; null: nobody.</summary>
    public Caller? FindCertificate(X509Certificate2 certificate) => Current().FindCertificate(certificate);

    /// <summary>Who is the subject of a verified token; null: nobody.</summary>
    public Caller? FindSubject(string subject) => Current().FindSubject(subject);

    private CallerTable Current()
    {
        var lookedAt = Volatile.Read(ref _lookedAt);
        // One call looks; those beside it go on with what is there.
        if (_time.GetElapsedTime(lookedAt) >= s_lookAgain && Interlocked.CompareExchange(ref _lookedAt, _time.GetTimestamp(), lookedAt) == lookedAt) LookAgain();
        return _state.Callers;
    }

    private void LookAgain()
    {
        try
        {
            var content = File.ReadAllBytes(_path);
            // A secret's volume is renewed behind symbolic links, whose own times stay: only the content tells.
            if (SHA256.HashData(content).AsSpan().SequenceEqual(_state.Fingerprint)) return;
            _state = Read(content);
            CallerRegistryLog.Taken(_logger);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OptionsException)
        {
            CallerRegistryLog.NotTaken(_logger, e);
        }
    }

    private State Read(byte[] content)
    {
        var callers = CallersFile.Parse(Encoding.UTF8.GetString(content));
        if (callers.HasSubjects && Issuer is null) throw new OptionsException("Auth:Issuer is empty; the file at Auth:CallersPath names subjects of an issuer's tokens.");
        return new State(callers, SHA256.HashData(content));
    }

    private sealed record State(CallerTable Callers, byte[] Fingerprint);
}

internal static partial class CallerRegistryLog
{
    [LoggerMessage(EventId = 1031, EventName = "CallersTaken", Level = LogLevel.Information, Message = "The file of callers has changed and is in force")]
    public static partial void Taken(ILogger logger);

    [LoggerMessage(EventId = 1032, EventName = "CallersNotTaken", Level = LogLevel.Error, Message = "The changed file of callers can't be used; the callers before stay in force")]
    public static partial void NotTaken(ILogger logger, Exception error);
}
