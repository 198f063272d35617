using System.Security.Cryptography;
using System.Text;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Privacy;

namespace Recommender.Tests.Unit.Hosting;

public sealed class UserIdsTests : IDisposable
{
    private static readonly string s_key = Convert.ToBase64String(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Without_a_key_ids_stay_as_they_are()
    {
        var ids = new UserIds(new PseudonymOptions());
        Assert.Equal("ann", ids.NameOf("ann"));
        Assert.Equal(["ann"], ids.NamesOf("ann"));
    }

    [Fact]
    public void With_a_key_a_viewer_has_a_name_that_anybody_with_the_key_can_compute()
    {
        var name = new UserIds(new PseudonymOptions { Key = s_key, KeyId = "2026a" }).NameOf("ann ü");
        var hash = HMACSHA256.HashData(Convert.FromBase64String(s_key), Encoding.UTF8.GetBytes("ann ü"))[..16];
        Assert.Equal("p2026a." + Convert.ToBase64String(hash).TrimEnd('=').Replace('+', '-').Replace('/', '_'), name);
    }

    [Fact]
    public void A_key_in_a_file_gives_the_same_names_as_in_the_setting()
    {
        File.WriteAllText(_file, s_key + "\n");
        Assert.Equal(new UserIds(new PseudonymOptions { Key = s_key }).NameOf("ann"), new UserIds(new PseudonymOptions { KeyFile = _file }).NameOf("ann"));
    }

    [Fact]
    public void Who_asks_to_be_forgotten_is_known_by_the_names_of_the_current_and_the_previous_key()
    {
        File.WriteAllText(_file, s_key);
        var before = new UserIds(new PseudonymOptions { Key = s_key, KeyId = "1" });
        var options = new PseudonymOptions { Key = Convert.ToBase64String(new byte[40]), KeyId = "2", PreviousKeyFile = _file, PreviousKeyId = "1" };
        var after = new UserIds(options);
        Assert.StartsWith("p2.", after.NameOf("ann"), StringComparison.Ordinal);
        Assert.Equal([after.NameOf("ann"), before.NameOf("ann")], after.NamesOf("ann"));
        Assert.Equal([before.NameOf("ann"), "ann"], before.NamesOf("ann")); // data from before the first key
    }

    [Fact]
    public void Wrong_settings_are_named_and_the_secret_is_not_repeated()
    {
        var check = new OptionsCheck(PseudonymOptions.Section);
        Assert.Equal(
            "Pseudonyms:Key is ***; it must be base64 of at least 32 bytes.",
            Assert.Throws<OptionsException>(() => new PseudonymOptions { Key = "c2hvcnQ=" }.Validate(check)).Message);
        Assert.Equal(
            "Pseudonyms:KeyFile is /nowhere; it must name a file with base64 of at least 32 bytes.",
            Assert.Throws<OptionsException>(() => new PseudonymOptions { KeyFile = "/nowhere" }.Validate(check)).Message);
        Assert.Throws<OptionsException>(() => new PseudonymOptions { Key = s_key, KeyId = "A.b" }.Validate(check));
        File.WriteAllText(_file, s_key);
        Assert.Throws<OptionsException>(() => new PseudonymOptions { Key = s_key, KeyFile = _file }.Validate(check));
        Assert.Throws<OptionsException>(() => new PseudonymOptions { Key = s_key, KeyId = "1", PreviousKeyFile = _file, PreviousKeyId = "1" }.Validate(check));
        Assert.Throws<OptionsException>(() => new PseudonymOptions { Key = s_key, KeyId = "2", PreviousKeyId = "1" }.Validate(check));
        new PseudonymOptions { Key = s_key, KeyId = "2", PreviousKeyFile = _file, PreviousKeyId = "1" }.Validate(check);
    }
}
