using System.Globalization;
using Recommender.Hosting.Archive.Keeping;

namespace Recommender.Standalone.Archive;

/// <summary>Tables about the archive.</summary>
internal static class ArchiveText
{
    /// <summary>What is archived, partition by partition.</summary>
    public static async Task WriteAsync(IEnumerable<ProvenChain> chains, TextWriter output)
    {
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{"log",-18} {"type",-11} {"part",4} {"archived",23} {"rows",12} {"files",6}"));
        foreach (var chain in chains)
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{chain.Log,-18} {chain.Type,-11} {chain.Partition,4} {Range(chain),23} {chain.Rows,12} {chain.Files,6}"));
    }

    /// <summary>The archived offsets.</summary>
    public static string Range(ProvenChain? chain) => chain is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{chain.From}-{chain.To}");
}
