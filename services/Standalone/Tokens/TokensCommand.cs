using System.CommandLine;
using System.Globalization;
using System.Text;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Auth;
using Recommender.Hosting.Configuration;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Tokens;

/// <summary><c>recommender tokens</c>: makes bearer tokens for programs that call.</summary>
internal static class TokensCommand
{
    /// <summary>The command.</summary>
    public static Command Create() => new("tokens", "Bearer tokens with which programs call (docs/security.md).") { CreateCommand() };

    private static Command CreateCommand()
    {
        var name = new Argument<string>("NAME") { Description = "Name of the caller: 1 to 64 letters, digits, dots, underscores and hyphens." };
        var scopes = new Option<string>("--scopes")
        {
            Description = $"What it may call, separated by commas: {string.Join(", ", ServiceScopes.Names)}, or {ServiceScopes.All} for all.",
            HelpName = "SCOPES",
            Required = true,
        };
        var expires = new Option<string?>("--expires") { Description = "Day at whose beginning (UTC) it ends, e.g. 2027-01-31.", HelpName = "DAY" };
        var callers = new Option<string?>("--callers") { Description = "File of callers (Auth__CallersPath) to add it to; without it the line to add is printed.", HelpName = "FILE" };
        var command = new Command("create", "Make a token. It is printed once; the file of callers holds its SHA-256 alone.") { name, scopes, expires, callers };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var token = BearerToken.Create();
            var line = LineOf(parsed.GetRequiredValue(name), token, parsed.GetRequiredValue(scopes), parsed.GetValue(expires));
            if (parsed.GetValue(callers) is { } path)
            {
                await AppendAsync(path, line, cancellationToken);
            }
            else
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("Add this line to the file of callers:");
                await parsed.InvocationConfiguration.Error.WriteLineAsync(line);
                await parsed.InvocationConfiguration.Error.WriteLineAsync("The token:");
            }
            // Alone on standard output, so that it can be sent into a file.
            await parsed.InvocationConfiguration.Output.WriteLineAsync(token);
            return ExitCode.Ok;
        });
        return command;
    }

    private static string LineOf(string name, string token, string scopes, string? expires)
    {
        DateOnly? day = null;
        if (expires is not null)
        {
            if (!DateOnly.TryParseExact(expires, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed))
                throw CommandFailure.Usage($"--expires is '{expires}'; it must be a day such as 2027-01-31.");
            day = parsed;
        }
        var line = CallersFile.Line(name, token, scopes.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), day);
        Check(line);
        return line;
    }

    private static async Task AppendAsync(string path, string line, CancellationToken cancellationToken)
    {
        try
        {
            var before = File.Exists(path) ? await File.ReadAllTextAsync(path, cancellationToken) : "";
            if (before.Length > 0 && !before.EndsWith('\n')) before += "\n";
            Check(before + line);
            AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(before + line + "\n")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"{path} can't be written: {e.Message}", ExitCode.Failed, e);
        }
    }

    /// <summary>Reads it as a service would.</summary>
    private static void Check(string text)
    {
        try
        {
            _ = CallersFile.Parse(text);
        }
        catch (OptionsException e)
        {
            throw CommandFailure.Usage(e.Message);
        }
    }
}
