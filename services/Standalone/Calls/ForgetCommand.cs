using System.CommandLine;
using Recommender.Standalone.Cli;
using Recommender.V1;

namespace Recommender.Standalone.Calls;

/// <summary><c>recommender forget</c>: has a viewer forgotten, and says how far that has come.</summary>
internal static class ForgetCommand
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var user = new Argument<string?>("USER") { Description = "The viewer's id.", Arity = ArgumentArity.ZeroOrOne };
        var erasure = new Option<string?>("--status") { Description = "Forget nobody; say how far the wish of this id has come.", HelpName = "ID" };
        var wait = new Option<bool>("--wait") { Description = "Wait until online state, lists and the archive's rows are gone." };
        var to = ServerAddress.ToOption();
        var identity = new ClientIdentityOptions();
        var command = new Command("forget", "Remove what is known of a viewer: online state, precomputed list, archive, next models.") { user, erasure, wait, to };
        identity.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (id, viewer) = (parsed.GetValue(erasure), parsed.GetValue(user));
            if ((id is null) == (viewer is null)) throw CommandFailure.Usage("Name either the viewer or, with --status, the wish.");
            var output = parsed.InvocationConfiguration.Output;
            await Door.CallAsync(parsed.GetRequiredValue(to), identity.Read(parsed), async channel =>
            {
                var client = new PrivacyService.PrivacyServiceClient(channel);
                if (viewer is not null)
                {
                    var request = new ForgetUserRequest { UserId = viewer };
                    id = (await client.ForgetUserAsync(request, deadline: Door.Deadline(), cancellationToken: cancellationToken)).ErasureId;
                    await output.WriteLineAsync($"accepted: erasure {id}");
                    if (!parsed.GetValue(wait)) return true;
                }
                await TellAsync(client, id!, parsed.GetValue(wait), output, cancellationToken);
                return true;
            });
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Prints each state that is new, until the last one when that is waited for.</summary>
    private static async Task TellAsync(PrivacyService.PrivacyServiceClient client, string id, bool waits, TextWriter output, CancellationToken cancellationToken)
    {
        var told = Erasure.Types.State.Unspecified;
        while (true)
        {
            var erasure = await client.GetErasureAsync(new GetErasureRequest { ErasureId = id }, deadline: Door.Deadline(), cancellationToken: cancellationToken);
            if (erasure.State != told) await output.WriteLineAsync(Describe(erasure));
            told = erasure.State;
            if (!waits || told == Erasure.Types.State.Completed) return;
            await Task.Delay(s_pause, cancellationToken);
        }
    }

    private static string Describe(Erasure erasure) => erasure.State switch
    {
        Erasure.Types.State.Completed => $"completed at {erasure.CompletedAt.ToDateTimeOffset():u}: online state, list and archive rows are gone",
        Erasure.Types.State.Removing => $"online state and list gone at {erasure.OnlineRemovedAt.ToDateTimeOffset():u}; archive rows are being removed",
        _ => $"accepted at {erasure.RequestedAt.ToDateTimeOffset():u}; nothing is known to be removed yet",
    };
}
