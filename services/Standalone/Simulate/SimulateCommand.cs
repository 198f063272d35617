using System.CommandLine;
using System.Globalization;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Simulate;

/// <summary><c>recommender simulate</c>: plays the simulated audience against a running system.</summary>
internal static class SimulateCommand
{
    private static readonly AudienceSettings s_defaults = new();

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var to = ServerAddress.ToOption();
        var identity = new ClientIdentityOptions();
        var viewers = Number("--viewers", "How many viewers, 1 to 1,000,000.", s_defaults.Viewers);
        var videos = Number("--videos", "How many videos, 100 to 1,000,000.", s_defaults.Videos);
        var events = Number("--events", "How many events, 1 to 100,000,000.", s_defaults.Events);
        var seed = Number("--seed", "Another seed is another world: other viewers, other videos.", s_defaults.Seed);
        var days = Number("--days", "Over how many days up to now the events spread, 1 to 365.", s_defaults.Days);
        var visits = Number("--visits", "How often viewers then open the app, ask for recommendations and react to them, 0 to 1,000,000.", 0);
        var command = new Command("simulate", "Play a simulated audience, with hidden tastes, against a running system.") { to, viewers, videos, events, seed, days, visits };
        identity.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var settings = new AudienceSettings
            {
                Viewers = InRange(parsed, viewers, 1, 1_000_000),
                Videos = InRange(parsed, videos, 100, 1_000_000),
                Events = InRange(parsed, events, 1, 100_000_000),
                Seed = parsed.GetValue(seed),
                Days = InRange(parsed, days, 1, 365),
            };
            return PlayAsync(settings, InRange(parsed, visits, 0, 1_000_000), parsed.GetRequiredValue(to), identity.Read(parsed), parsed.InvocationConfiguration.Output, cancellationToken);
        });
        return command;
    }

    private static async Task<int> PlayAsync(AudienceSettings settings, int visits, ServerAddress to, ClientIdentity identity, TextWriter output, CancellationToken cancellationToken)
    {
        using var channel = Door.Open(to, identity);
        var world = World.Create(settings);
        var played = await new AudiencePlayer(channel, to, TimeProvider.System).PlayAsync(new Audience(world, TimeProvider.System.GetUtcNow()), TellWait, cancellationToken);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{played.Accepted:N0} events of {settings.Viewers:N0} viewers and {played.Videos:N0} videos taken in {played.Elapsed.TotalSeconds:0.0} s, {played.Refused:N0} refused"));
        if (played.Accepted == 0) throw new CommandFailure("The system refused every event.");
        if (visits == 0) return ExitCode.Ok;
        var visited = await new AppVisits(channel, to, world, TimeProvider.System).PlayAsync(visits, TellWait, cancellationToken);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{visits:N0} visits: {visited.Answers:N0} answers, {visited.Looked:N0} videos looked at, {visited.Accepted:N0} events taken"));
        return ExitCode.Ok;

        void TellWait(TimeSpan delay) =>
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the system does not take events now; trying again in {delay.TotalSeconds:0.#} s"));
    }

    private static Option<int> Number(string name, string description, int value) => new(name) { Description = description, HelpName = "NUMBER", DefaultValueFactory = _ => value };

    private static int InRange(ParseResult parsed, Option<int> option, int min, int max)
    {
        var value = parsed.GetValue(option);
        if (value >= min && value <= max) return value;
        throw CommandFailure.Usage(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {value}; it must be {min} to {max}."));
    }
}
