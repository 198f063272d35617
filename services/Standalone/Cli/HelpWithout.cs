using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Recommender.Standalone.Cli;

/// <summary>Help of a subcommand that does not take an argument of the command above it.</summary>
internal sealed class HelpWithout(Argument argument) : SynchronousCommandLineAction
{
    /// <summary>Who asks for help need not have given what is required.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        argument.Hidden = true;
        return new HelpAction().Invoke(parseResult);
    }
}
