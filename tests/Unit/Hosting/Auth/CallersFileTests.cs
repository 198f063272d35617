using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf.Reflection;
using Recommender.Hosting.Auth;
using Recommender.Hosting.Configuration;
using Recommender.V1;

namespace Recommender.Tests.Unit.Hosting.Auth;

public class CallersFileTests
{
    private static readonly string s_digest = BearerToken.Digest("a token");

    [Fact]
    public void A_token_is_found_by_its_digest_and_no_other_is()
    {
        var token = BearerToken.Create();
        var callers = CallersFile.Parse($"# comment\n\n{CallersFile.Line("app", token, ["ingestion", "catalog"], new DateOnly(2030, 1, 31))}\r\n");
        var caller = callers.FindToken(token);
        Assert.NotNull(caller);
        Assert.Equal("app", caller.Name);
        Assert.True(caller.Has("catalog"));
        Assert.False(caller.Has("training"));
        Assert.Equal(new DateTimeOffset(2030, 1, 31, 0, 0, 0, TimeSpan.Zero), caller.Expires);
        Assert.Null(callers.FindToken(token + "x"));
        Assert.Null(callers.FindToken(BearerToken.Digest(token)));
        Assert.Null(callers.FindToken(""));
    }

    [Fact]
    public void Tokens_have_256_random_bits_and_are_not_in_their_line()
    {
        var tokens = Enumerable.Range(0, 100).Select(_ => BearerToken.Create()).ToArray();
        Assert.Equal(100, tokens.Distinct().Count());
        Assert.All(tokens, t => Assert.Equal("rcm_".Length + 43, t.Length));
        Assert.DoesNotContain(tokens[0], CallersFile.Line("app", tokens[0], ["*"], null), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_is_found_by_its_DNS_names_or_without_them_by_its_common_name()
    {
        var callers = CallersFile.Parse("app certificate:app.example.org recommendation\nold certificate:old-one *");
        Assert.Equal("app", callers.FindCertificate(Certificate("CN=whatever", "x.example.org", "APP.example.org"))?.Name);
        Assert.Equal("old", callers.FindCertificate(Certificate("CN=old-one"))?.Name);
        // Where there are DNS names the common name counts no more.
        Assert.Null(callers.FindCertificate(Certificate("CN=old-one", "x.example.org")));
        Assert.Null(callers.FindCertificate(Certificate("CN=app.example.org.evil")));
    }

    [Fact]
    public void A_subject_is_found_as_it_is_written()
    {
        var callers = CallersFile.Parse("app subject:system:serviceaccount:app:backend recommendation");
        Assert.True(callers.HasSubjects);
        Assert.Equal("app", callers.FindSubject("system:serviceaccount:app:backend")?.Name);
        Assert.Null(callers.FindSubject("System:serviceaccount:app:backend"));
        Assert.Null(callers.FindToken("system:serviceaccount:app:backend"));
        Assert.False(CallersFile.Parse("app certificate:app recommendation").HasSubjects);
    }

    [Theory]
    [InlineData("app sha256:00 ingestion", "line 1", "64 hexadecimal digits")]
    [InlineData("\napp DIGEST everything", "line 2", "'everything' is no scope; there are catalog, features")]
    [InlineData("app DIGEST", "line 1", "NAME PROOF SCOPES")]
    [InlineData("app DIGEST , ", "line 1", "no scope")]
    [InlineData("app DIGEST * 31.1.2027", "line 1", "'31.1.2027' is no day")]
    [InlineData("app DIGEST * 2027-01-31 more", "line 1", "NAME PROOF SCOPES")]
    [InlineData("app/x DIGEST *", "line 1", "letters, digits")]
    [InlineData("a DIGEST *\nb DIGEST *", "line 2", "another caller")]
    [InlineData("app certificate: *", "line 1", "certificate: and a name")]
    [InlineData("app subject: *", "line 1", "subject: and a token's subject")]
    [InlineData("a subject:x *\nb subject:x *", "line 2", "another caller")]
    public void A_wrong_line_is_named(string text, string line, string why)
    {
        var wrong = Assert.Throws<OptionsException>(() => CallersFile.Parse(text.Replace("DIGEST", "sha256:" + s_digest, StringComparison.Ordinal)));
        Assert.Contains("Auth:CallersPath", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(line, wrong.Message, StringComparison.Ordinal);
        Assert.Contains(why, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_was_put_there_in_the_clear_is_not_repeated()
    {
        var token = BearerToken.Create();
        Assert.DoesNotContain(token, Assert.Throws<OptionsException>(() => CallersFile.Parse($"app {token} *")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("Basic abc", null)]
    [InlineData("Bearer abc", "abc")]
    [InlineData("bearer  abc ", "abc")]
    [InlineData("Bearer", null)]
    public void A_header_is_read(string? header, string? token) => Assert.Equal(token, BearerToken.Read(header));

    [Fact]
    public void A_header_without_measure_is_not_read() => Assert.Null(BearerToken.Read("Bearer " + new string('x', 100_000)));

    [Fact]
    public void Every_service_has_a_scope()
    {
        FileDescriptor[] files = [IngestionReflection.Descriptor, FeaturesReflection.Descriptor, TrainingReflection.Descriptor, ServingReflection.Descriptor];
        var services = files.SelectMany(f => f.Services).Select(s => s.FullName).ToArray();
        Assert.NotEmpty(services);
        Assert.All(services, s => Assert.Contains(ServiceScopes.Of(s), ServiceScopes.Names));
        // One that nobody thought of is not open to whoever has any scope.
        Assert.Equal(ServiceScopes.All, ServiceScopes.Of("recommender.v1.NewService"));
        Assert.Null(ServiceScopes.Of("grpc.reflection.v1.ServerReflection"));
    }

    private static X509Certificate2 Certificate(string subject, params string[] dnsNames)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in dnsNames) names.AddDnsName(name);
        if (dnsNames.Length > 0) request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
