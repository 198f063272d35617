using Recommender.Standalone.Cli;
using Recommender.Standalone.Import.Formats;

namespace Recommender.Standalone.Import;

/// <summary>What to import, and where to.</summary>
/// <param name="Format">Format of all files.</param>
/// <param name="Paths">The files, in order.</param>
/// <param name="To">The running system.</param>
/// <param name="Prefix">Put before every user and video id.</param>
/// <param name="Restart">Begins again where an earlier import has got to.</param>
internal sealed record ImportSettings(ImportFormat Format, IReadOnlyList<string> Paths, ServerAddress To, string Prefix, bool Restart);
