using System.CommandLine;
using System.CommandLine.Parsing;

namespace Recommender.Standalone.Cli;

/// <summary>Options and arguments that take one of a few words, with one sentence for any other word.</summary>
internal static class Choice
{
    /// <summary>Allows these words only.</summary>
    public static Option<string> Among(this Option<string> option, params string[] words)
    {
        option.HelpName = string.Join('|', words);
        option.CompletionSources.Add(words);
        option.Validators.Add(result => Check(result, option.Name, words));
        return option;
    }

    /// <summary>Allows these words only.</summary>
    public static Argument<string> Among(this Argument<string> argument, params string[] words)
    {
        argument.CompletionSources.Add(words);
        argument.Validators.Add(result => Check(result, argument.Name, words));
        return argument;
    }

    private static void Check(SymbolResult result, string name, string[] words)
    {
        foreach (var token in result.Tokens)
            if (!words.Contains(token.Value, StringComparer.Ordinal)) result.AddError($"{name} is '{token.Value}'; it must be one of {string.Join(", ", words)}");
    }
}
